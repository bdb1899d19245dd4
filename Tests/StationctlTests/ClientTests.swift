import ArgumentParser
import FoundationEssentials
import Glibc
import Logging
import OperatorAPI
import OperatorServer
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
        func totals() throws -> [TotalRow] { throw Broken() }
        func faults() -> [FaultRow] { [FaultRow(Fault(.doorOpen))] }
        func command(_ request: CommandRequest) -> CommandAnswer {
            CommandAnswer(taken: false, message: "\(request.by) asked for \(request.command)")
        }
    }

    private func withDaemon(_ body: (OperatorClient) async throws -> Void) async throws {
        let folder = "/tmp/ctl-\(UInt32.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (listening, started) = AsyncStream<Void>.makeStream()
        let service = OperatorServerService(
            backend: Refusing(), socketPath: "\(folder)/op.sock",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { started.yield() }
        let running = Task {
            defer { started.finish() }
            try await service.run()
        }
        for await _ in listening { break }
        try await body(OperatorClient(socketPath: "\(folder)/op.sock"))
        running.cancel()
        try await running.value
    }

    @Test func `an answer of the real server is decoded`() async throws {
        try await withDaemon { client in
            let faults = try OperatorClient.decode([FaultRow].self, from: await client.answer(to: .faults))
            #expect(faults == [FaultRow(Fault(.doorOpen))])
            let request = CommandRequest(command: .binEmptied("a"), by: "anna")
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
        let path = "/tmp/dead-\(UInt32.random(in: .min ... .max)).sock"
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { unlink(path) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        close(descriptor)
        try #require(bound == 0)
        let client = OperatorClient(socketPath: path)
        let failure = await #expect(throws: ClientFailure.self) { try await client.answer(to: .status) }
        let beginning = "Nobody answers on the daemon's socket \(path). See why with `systemctl status return-station`"
        #expect(failure?.sentence.hasPrefix(beginning) == true)
        #expect(failure?.exitCode == ExitCode(69))
    }

    @Test(arguments: [
        ["returns", "--limit", "0"], ["returns", "--limit", "1001"], ["bin", "emptied", "a b"], ["config", "check"],
        ["open"],
    ])
    func `a wrong command line is refused before anything is asked`(arguments: [String]) {
        #expect(throws: (any Error).self) { try Stationctl.parseAsRoot(arguments) }
    }

    @Test func `the socket on the command line wins`() throws {
        let options = try DaemonOptions.parse(["--socket", "run/operator.sock"])
        #expect(options.socketPath == "run/operator.sock")
    }
}
