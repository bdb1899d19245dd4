import Glibc
import TestSupport
import Testing

@testable import SimulatedBus

@Suite(.timeLimit(.minutes(hangLimitMinutes)))
struct LineClientTests {
    let folder: TemporaryFolder
    let outputs = OutputLog()

    init() throws { folder = try TemporaryFolder() }

    @Test func `a server's lines are passed on both ways until it is gone`() async throws {
        let outputs = outputs
        let server = try LineSocketServer(
            path: "\(folder.path)/lines", lineCount: 3, onOutput: { outputs.add(.output($0, $1)) },
            onDisconnect: { outputs.add(.disconnected) }, logger: silentLogger)
        server.start()
        server.setInput(offset: 1, level: true)
        let client = try LineClient(path: "\(folder.path)/lines")
        client.setOutput(offset: 2, level: true)
        #expect(await outputs.next(1) == [.output(2, true)])
        var inputs: [(UInt32, Bool)] = []
        let end = client.run { offset, level in
            inputs.append((offset, level))
            // The whole state is told at first; after it the server goes.
            if offset == 2 { server.stop() }
        }
        #expect(inputs.map(\.0) == [0, 1, 2] && inputs.map(\.1) == [false, true, false])
        #expect(end == .gone)
        client.setOutput(offset: 2, level: false)
        #expect(await outputs.next(2) == [.output(2, false), .disconnected])
    }

    @Test func `another client has the lines`() throws {
        let server = try LineSocketServer(
            path: "\(folder.path)/lines", lineCount: 1, onOutput: { _, _ in }, logger: silentLogger)
        server.start()
        defer { server.stop() }
        let first = try LineClient(path: "\(folder.path)/lines")
        let second = try LineClient(path: "\(folder.path)/lines")
        #expect(second.run { _, _ in } == .busy)
        withExtendedLifetime(first) {}
    }

    @Test(arguments: ["lines 2 1\n", "hello\n", "in 0 2 5\n", "in 0 1 soon\n"])
    func `what is not the protocol is told with its line`(text: String) throws {
        // A character device: the other end is a terminal's master.
        var (master, slave): (Int32, Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 64)
        try #require(openpty(&master, &slave, &name, nil, nil) == 0)
        defer {
            close(master)
            close(slave)
        }
        let client = try LineClient(path: String(decoding: name.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
        write(master, text, text.utf8.count)
        #expect(client.run { _, _ in } == .garbled(String(text.dropLast())))
    }

    @Test func `a path where nothing is makes a sentence`() {
        let error = #expect(throws: SimulatedBusError.self) { try LineClient(path: "\(folder.path)/nothing") }
        #expect(error?.description.hasPrefix("Looking for the lines at \(folder.path)/nothing failed") == true)
    }
}
