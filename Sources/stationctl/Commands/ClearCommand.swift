import ArgumentParser
import OperatorAPI
import Vocabulary

struct ClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Leave aborted or held after the cause was removed by a person.",
        discussion: "Look at the machine first: it may move as soon as the cause is cleared.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.give(.clear)
    }
}

extension DaemonOptions {
    /// Hands the command to the daemon.
    ///
    /// - Throws: exit code 1 if the daemon did not take it.
    func give(_ command: OperatorCommand) async throws {
        let request = CommandRequest(command: command, by: callerName())
        let answer = try await show(.command, sending: request, as: commandText)
        if !answer.taken { throw Ending.problemFound }
    }
}
