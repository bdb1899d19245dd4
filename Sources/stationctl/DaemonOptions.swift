import ArgumentParser
import FoundationEssentials
import OperatorAPI

/// What every command that asks the daemon takes.
struct DaemonOptions: ParsableArguments {
    static let socketVariable = "RETURN_STATION_SOCKET"
    static let usualSocket = "/run/return-station/operator.sock"

    @Option(
        help: ArgumentHelp(
            "The daemon's operator socket; by default \(socketVariable) or else \(usualSocket).", valueName: "path"))
    var socket: String?

    @Flag(help: "Print the answer as JSON.")
    var json = false

    var socketPath: String {
        socket ?? ProcessInfo.processInfo.environment[Self.socketVariable] ?? Self.usualSocket
    }

    /// Makes the call and prints its answer, as it came or in the form for people.
    ///
    /// - Returns: the decoded answer.
    /// - Throws: the exit code, after the reason has been written.
    func show<Answer: Decodable>(
        _ call: OperatorCall, sending request: (any Encodable & Sendable)? = nil, as text: (Answer) -> String
    ) async throws -> Answer {
        do {
            let body = try await OperatorClient(socketPath: socketPath).answer(to: call, sending: request)
            let answer = try OperatorClient.decode(Answer.self, from: body)
            writeResult(json ? String(decoding: body, as: UTF8.self) : text(answer))
            return answer
        } catch {
            writeComplaint(error.sentence)
            throw error.exitCode
        }
    }

    /// Prints what was found without the daemon, as it would have answered.
    func tell<Answer: Encodable>(_ answer: Answer, as text: (Answer) -> String) throws {
        writeResult(json ? String(decoding: try OperatorJSON.encode(answer), as: UTF8.self) : text(answer))
    }
}
