import ArgumentParser
import OperatorAPI

struct ReturnsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "returns", abstract: "List the last items, newest first.")

    @OptionGroup var daemon: DaemonOptions

    @Option(help: "How many at most, 1 to \(OperatorProtocol.returnsLimit).")
    var limit = OperatorCall.defaultReturnsLimit

    func validate() throws {
        guard (1...OperatorProtocol.returnsLimit).contains(limit) else {
            throw ValidationError("--limit \(limit) is not between 1 and \(OperatorProtocol.returnsLimit).")
        }
    }

    func run() async throws {
        _ = try await daemon.show(.returns(limit: limit), as: returnsText)
    }
}
