import StationConfig
import StationPorts
import StationRuntime
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Hardware
@testable import SimulatedBus

struct LineProtocolTests {
    @Test func `the server's lines are frozen`() {
        #expect(LineProtocol.hello(lineCount: 32) == "lines 1 32\n")
        #expect(LineProtocol.input(4, true, at: 81_234_567_890) == "in 4 1 81234567890\n")
        #expect(LineProtocol.ready == "ready\n")
        #expect(LineProtocol.busy == "busy\n")
    }

    @Test func `the client reads the server's lines, however they are cut`() {
        var reader = SocketLineProtocol.Reader()
        #expect(reader.take("lines 1 32\nin 4 1 812345".utf8) == [.hello(version: 1, lineCount: 32)])
        #expect(
            reader.take("67890\nready\nbusy\n".utf8)
                == [.input(offset: 4, level: true, nanoseconds: 81_234_567_890), .ready, .busy])
    }

    @Test(arguments: ["in 4 2 0\n", "in 4 1\n", "in -1 1 0\n", "hello\n", "\n", String(repeating: "x", count: 64)])
    func `the client takes nothing else`(_ text: String) {
        var reader = SocketLineProtocol.Reader()
        #expect(reader.take(text.utf8) == nil)
    }

    @Test func `the client's line is frozen and read by the server`() throws {
        #expect(SocketLineProtocol.output(17, true) == "out 17 1\n")
        let output = try #require(LineProtocol.Output("out 17 1"))
        #expect(output.offset == 17 && output.level)
        for text in ["out 17 2", "out 17", "out -1 1", "in 17 1", ""] { #expect(LineProtocol.Output(text) == nil) }
    }
}

/// What the server said of its outputs, to be awaited.
final class OutputLog: Sendable {
    enum Entry: Equatable, Sendable {
        case output(UInt32, Bool)
        case disconnected
    }
    private let stream: AsyncStream<Entry>
    private let continuation: AsyncStream<Entry>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }
    func add(_ entry: Entry) { continuation.yield(entry) }

    func next(_ count: Int) async -> [Entry] {
        var entries: [Entry] = []
        for await entry in stream {
            entries.append(entry)
            if entries.count == count { break }
        }
        return entries
    }
}

@Suite(.timeLimit(.minutes(hangLimitMinutes)))
struct SocketLinesTests {
    static let deadlineMilliseconds: Int32 = 10_000
    let folder: TemporaryFolder
    let log = OutputLog()
    let clock = SystemClock()
    let lines: DebouncedLines

    init() throws {
        folder = try TemporaryFolder()
        lines = makeLines(
            LineSettings(
                backend: .socket(path: "\(folder.path)/lines"),
                inputs: [
                    .entryBeam: LineAssignment(offset: 0, debounce: .milliseconds(1)),
                    .doorClosed: LineAssignment(offset: 1, isActiveLow: true),
                ],
                outputs: [.gate: LineAssignment(offset: 4), .heartbeat: LineAssignment(offset: 5)]),
            clock: clock, logger: silentLogger)
    }

    func makeServer() throws -> LineSocketServer {
        let log = log
        return try LineSocketServer(
            path: "\(folder.path)/lines", lineCount: 8, onOutput: { log.add(.output($0, $1)) },
            onDisconnect: { log.add(.disconnected) }, logger: silentLogger)
    }

    /// Does as the control loop: polls the descriptors until the deadline, until `count` changes have come.
    func awaitChanges(_ count: Int) -> [LineChange] {
        var changes: [LineChange] = []
        let end = clock.now + .milliseconds(Int64(Self.deadlineMilliseconds))
        while changes.count < count, clock.now < end {
            let pause = min(lines.nextDeadline ?? end, end)
            let milliseconds = max(0, clock.now.duration(to: pause).inMilliseconds + 1)
            _ = waitReadable(lines.pollDescriptors, timeoutMilliseconds: Int32(milliseconds))
            changes += lines.takeChanges(at: clock.now)
        }
        return changes
    }

    @Test func `levels come in and outputs go out`() async throws {
        let server = try makeServer()
        server.start()
        defer { server.stop() }
        server.setInput(offset: 0, level: true)
        #expect(
            lines.takeChanges(at: clock.now)
                == [.level(.entryBeam, isActive: true), .level(.doorClosed, isActive: true)])
        server.setInput(offset: 0, level: false)
        #expect(awaitChanges(1) == [.level(.entryBeam, isActive: false)])
        server.setInput(offset: 1, level: true)
        #expect(awaitChanges(1) == [.level(.doorClosed, isActive: false)])
        try lines.set(.gate, isOn: true)
        try lines.set(.heartbeat, isOn: true)
        lines.makeSafe()
        #expect(await log.next(3) == [.output(4, true), .output(5, true), .output(4, false)])
        lines.close()
        #expect(await log.next(2) == [.output(5, false), .disconnected])
    }

    @Test func `the server may come late, go and come back`() async throws {
        guard case .failed(line: "\(folder.path)/lines", let error)? = lines.takeChanges(at: clock.now).first else {
            Issue.record("no failure was told")
            return
        }
        #expect(error.code == .notFound)
        let server = try makeServer()
        server.start()
        #expect(
            awaitChanges(3) == [
                .worked(line: "\(folder.path)/lines"), .level(.entryBeam, isActive: false),
                .level(.doorClosed, isActive: true),
            ])
        try lines.set(.gate, isOn: true)
        #expect(await log.next(1) == [.output(4, true)])
        server.stop()
        // The server forgets what was set, as the kernel does.
        #expect(await log.next(2) == [.output(4, false), .disconnected])
        guard case .failed(line: _, let loss)? = awaitChanges(1).first else {
            Issue.record("the loss was not told")
            return
        }
        #expect(loss.code == .disconnected)
        server.start()
        #expect(awaitChanges(3).first == .worked(line: "\(folder.path)/lines"))
        #expect(await log.next(1) == [.output(4, true)])
        server.stop()
    }

    @Test func `the lines have one user at a time`() throws {
        let server = try makeServer()
        server.start()
        defer { server.stop() }
        _ = lines.takeChanges(at: clock.now)
        let second = makeLines(
            LineSettings(backend: .socket(path: "\(folder.path)/lines"), inputs: [:], outputs: [:]), clock: clock,
            logger: silentLogger)
        guard case .failed(line: _, let error)? = second.takeChanges(at: clock.now).first else {
            Issue.record("the second user was let in")
            return
        }
        #expect(error.code == .busy)
    }
}
