import CLinux
import Glibc
import Logging
import Synchronization

/// A GPIO chip on a Unix socket; see `LineProtocol`. Like a chip it has one user at a time, and the outputs fall back
/// when that user is gone.
public final class LineSocketServer: LineServing {
    /// More lines than any chip has.
    public static let lineCountLimit = 1024

    private struct State {
        var levels: [Bool]
        /// When each level came, as the kernel stamps the edges of real lines.
        var times: [Int64]
        var client: Int32?
    }

    private let path: String
    private let onOutput: @Sendable (UInt32, Bool) -> Void
    private let onDisconnect: @Sendable () -> Void
    private let logger: Logger
    private let thread: ServerThread
    private let listener: Int32
    private let state: Mutex<State>

    /// - Parameters:
    ///   - path: of the socket; a stale socket is replaced, anything else there is an error.
    ///   - lineCount: offsets are 0 to `lineCount` - 1, at most `lineCountLimit`.
    ///   - onOutput: called on the server's thread for every output line that changes its level on the wire.
    ///   - onDisconnect: called on the server's thread after a client's outputs have fallen back.
    public init(
        path: String, lineCount: Int, onOutput: @escaping @Sendable (UInt32, Bool) -> Void,
        onDisconnect: @escaping @Sendable () -> Void = {}, logger: Logger
    ) throws {
        precondition((1...Self.lineCountLimit).contains(lineCount), "a chip has 1 to 1024 lines, not \(lineCount)")
        self.path = path
        self.onOutput = onOutput
        self.onDisconnect = onDisconnect
        self.logger = logger
        thread = try ServerThread("line-server")
        state = Mutex(
            State(
                levels: Array(repeating: false, count: lineCount),
                times: Array(repeating: linux_monotonic_nanoseconds(), count: lineCount)))
        listener = try Self.listen(path)
    }

    deinit {
        thread.stop()
        close(listener)
    }

    public func start() {
        thread.start { [weak self] bell in self?.serve(until: bell) }
        logger.info("Simulated lines at \(path).")
    }

    /// Disconnects the client; returns when the thread has ended. `start` serves again.
    public func stop() {
        thread.stop()
    }

    /// Sets the level that a sensor puts on the wire. May be called on any thread; never blocks.
    public func setInput(offset: UInt32, level: Bool) {
        state.withLock { state in
            let index = Int(offset)
            guard state.levels.indices.contains(index), state.levels[index] != level else { return }
            state.levels[index] = level
            state.times[index] = linux_monotonic_nanoseconds()
            guard let client = state.client else { return }
            let line = LineProtocol.input(index, level, at: state.times[index])
            // A client that does not read is cut off: its lines fall back, and it notices.
            if !sendAll(Array(line.utf8), to: client) { shutdown(client, Int32(SHUT_RDWR)) }
        }
    }
}

extension LineSocketServer {
    fileprivate struct Session {
        let socket: Int32
        var buffer = LineBuffer()
        var energised: Set<UInt32> = []
    }

    private func serve(until bell: Int32) {
        var session: Session?
        defer { session.map(end) }
        while true {
            let readable = waitReadable([bell, listener] + (session.map { [$0.socket] } ?? []))
            if readable.contains(bell) { return }
            if let socket = session?.socket, readable.contains(socket), session?.isServed(by: self) == false {
                session.map(end)
                session = nil
            }
            if readable.contains(listener), let client = acceptClient(listener) {
                if session == nil {
                    session = begin(client)
                } else {
                    _ = sendAll(Array(LineProtocol.busy.utf8), to: client)
                    close(client)
                }
            }
        }
    }

    private func begin(_ client: Int32) -> Session {
        state.withLock { state in
            var greeting = LineProtocol.hello(lineCount: state.levels.count)
            for (index, level) in state.levels.enumerated() {
                greeting += LineProtocol.input(index, level, at: state.times[index])
            }
            greeting += LineProtocol.ready
            state.client = client
            if !sendAll(Array(greeting.utf8), to: client) { shutdown(client, Int32(SHUT_RDWR)) }
        }
        return Session(socket: client)
    }

    private func end(_ session: Session) {
        state.withLock { $0.client = nil }
        close(session.socket)
        for offset in session.energised.sorted() { onOutput(offset, false) }
        onDisconnect()
    }

    private static func listen(_ path: String) throws -> Int32 {
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFSOCK else {
                throw SimulatedBusError("\(path) exists and is no socket: remove it or choose another path.")
            }
            unlink(path)
        }
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard listener >= 0 else { throw SimulatedBusError("Making a socket", error: errno) }
        guard linux_bind_path(listener, path) == 0, Glibc.listen(listener, 4) == 0 else {
            let error = errno
            close(listener)
            throw SimulatedBusError("Listening on the socket \(path)", error: error)
        }
        return listener
    }
}

extension LineSocketServer.Session {
    /// Reads what the client sent.
    /// - Returns: false if the client is gone or does not keep to the protocol.
    fileprivate mutating func isServed(by server: LineSocketServer) -> Bool {
        guard let bytes = readAvailable(socket), let lines = buffer.take(bytes) else { return false }
        for line in lines {
            guard let output = LineProtocol.Output(line), server.hasLine(output.offset) else { return false }
            let isChanged =
                output.level
                ? energised.insert(output.offset).inserted : energised.remove(output.offset) != nil
            if isChanged { server.report(output) }
        }
        return true
    }
}

extension LineSocketServer {
    fileprivate func hasLine(_ offset: UInt32) -> Bool {
        state.withLock { $0.levels.indices.contains(Int(offset)) }
    }

    fileprivate func report(_ output: LineProtocol.Output) {
        onOutput(output.offset, output.level)
    }
}
