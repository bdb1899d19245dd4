import ArgumentParser
import Glibc
import OperatorAPI
import OperatorServer
import TestSupport
import Testing
import Vocabulary

@testable import stationctl

@Suite struct ClientTests {
    /// Refuses every command and fails at everything else.
    private struct Refusing: OperatorBackend {
        struct Broken: Error, CustomStringConvertible {
            var description: String { "no ledger" }
        }
        func status() throws -> StatusReport { throw Broken() }
        func returns(limit: Int) throws -> [ReturnRow] { throw Broken() }
        func explain(sequence: Int64) throws -> ReturnExplanation { throw Broken() }
        func totals() throws -> [TotalRow] { throw Broken() }
        func faults() -> [FaultRow] { [FaultRow(Fault(.doorOpen))] }
        func readings() throws -> [ReadingRow] { throw Broken() }
        func key() throws -> KeyReport { throw Broken() }
        func exchangeKey(_ request: KeyExchangeCommand) throws -> KeyReport {
            throw OperatorFailure(status: 409, "\(request.by) may not")
        }
        func command(_ request: CommandRequest) -> CommandAnswer {
            CommandAnswer(taken: false, message: "\(request.by) asked for \(request.command)")
        }
        func correct(_ request: CorrectionRequest) -> CorrectionAnswer {
            CorrectionAnswer(taken: false, message: "\(request.by) corrects \(request.sequence): \(request.why)")
        }
    }

    private func withDaemon(_ body: (OperatorClient) async throws -> Void) async throws {
        try await withTemporaryFolder { try await serve(on: "\($0)/op.sock", body) }
    }

    private func serve(on path: String, _ body: (OperatorClient) async throws -> Void) async throws {
        let (listening, started) = AsyncStream<Void>.makeStream()
        let service = OperatorServerService(
            backend: Refusing(), socketPath: path, now: { .zero }, logger: silentLogger
        ) { started.yield() }
        let running = Task {
            defer { started.finish() }
            try await service.run()
        }
        for await _ in listening { break }
        try await body(OperatorClient(socketPath: path))
        running.cancel()
        try await running.value
    }

    @Test func `an answer of the real server is decoded`() async throws {
        try await withDaemon { client in
            let faults = try OperatorClient.decode([FaultRow].self, from: await client.answer(to: .faults))
            #expect(faults == [FaultRow(Fault(.doorOpen))])
            let request = CommandRequest(command: .binEmptied(bin: "a"), by: "anna")
            let body = try await client.answer(to: .command, sending: request)
            let answer = try OperatorClient.decode(CommandAnswer.self, from: body)
            #expect(!answer.taken)
            #expect(answer.message.hasPrefix("anna asked for binEmptied("))
        }
    }

    @Test func `the daemon's reason for a failure is passed on`() async throws {
        try await withDaemon { client in
            let failure = await #expect(throws: ClientFailure.self) { try await client.answer(to: .status) }
            #expect(failure == .refused("The daemon could not answer: no ledger"))
            #expect(failure?.exitCode == ExitCode(1))
        }
    }

    @Test func `without a daemon the sentence says what to do`() async {
        let client = OperatorClient(socketPath: "/tmp/no-daemon-here/op.sock")
        let failure = await #expect(throws: ClientFailure.self) { try await client.answer(to: .status) }
        #expect(
            failure
                == .unreachable(
                    "There is no socket /tmp/no-daemon-here/op.sock: the daemon does not run, or its configuration "
                        + "names another operatorSocket. Start it with `systemctl start return-station`, or "
                        + "give the socket "
                        + "with --socket."))
        #expect(failure?.exitCode == ExitCode(69))
    }

    @Test func `a socket that a dead daemon left behind is told apart`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/dead.sock"
            _ = try BoundSocket(SOCK_STREAM, at: path)
            let client = OperatorClient(socketPath: path)
            let failure = await #expect(throws: ClientFailure.self) { try await client.answer(to: .status) }
            let beginning =
                "Nobody answers on the daemon's socket \(path). See why with `systemctl status return-station`"
            #expect(failure?.sentence.hasPrefix(beginning) == true)
            #expect(failure?.exitCode == ExitCode(69))
        }
    }

    @Test(arguments: [
        ["returns", "--limit", "0"], ["returns", "--limit", "1001"], ["bin", "emptied", "a b"], ["config", "check"],
        ["open"], ["key", "rotate", "--directory", "run"],
    ])
    func `a wrong command line is refused before anything is asked`(arguments: [String]) {
        #expect(throws: (any Error).self) { try Stationctl.parseAsRoot(arguments) }
    }

    @Test func `the socket on the command line wins`() throws {
        let options = try DaemonOptions.parse(["--socket", "run/operator.sock"])
        #expect(options.socketPath == "run/operator.sock")
    }
}
