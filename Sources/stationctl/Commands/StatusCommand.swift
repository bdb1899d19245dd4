import ArgumentParser
import OperatorAPI

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the mode, bins, devices, lines, ledger and uplink.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        _ = try await daemon.show(.status, as: statusText)
    }
}
