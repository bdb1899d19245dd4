import ArgumentParser
import OperatorAPI

struct FaultsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults", abstract: "List what is wrong and what to do first; exit code 1 if there is anything.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        let faults = try await daemon.show(.faults, as: faultsText)
        if !faults.isEmpty { throw Ending.problemFound }
    }
}
