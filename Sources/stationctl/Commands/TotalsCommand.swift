import ArgumentParser
import OperatorAPI

struct TotalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "totals", abstract: "Add up the whole ledger by type, material, stream and outcome.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        _ = try await daemon.show(.totals, as: totalsText)
    }
}
