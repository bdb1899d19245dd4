import CLinux
import Glibc
import StationConfig
import StationPorts
import Vocabulary

/// The simulator's lines; see `SocketLineProtocol`. The server pushes every change, so the last pushed level is the
/// level.
final class SocketLines: LineBackend {
    /// The server tells its state at once after the connection; the control loop waits no longer than this for it.
    static let greetingTimeoutMilliseconds: Int32 = 200
    static let chunkBytes = 4096

    let name: String
    private let settings: LineSettings
    private var socket: Int32?
    private var reader = SocketLineProtocol.Reader()
    private var lineCount: UInt32 = 0
    private var levels: [UInt32: Bool] = [:]
    /// Pushed after the state, together with it.
    private var earlyEdges: [LineEdge] = []

    init(path: String, _ settings: LineSettings) {
        name = path
        self.settings = settings
    }

    deinit { close() }

    var pollDescriptors: [Int32] { socket.map { [$0] } ?? [] }

    func open() throws(PortError) {
        close()
        let fresh = try connect()
        socket = fresh
        do {
            try readGreeting(fresh)
        } catch {
            close()
            throw error
        }
    }

    func request(_ inputs: [InputLine], _ outputs: [OutputLine: Bool]) -> [StationLine: PortError] {
        var failures: [StationLine: PortError] = [:]
        for line in inputs where offset(of: settings.inputs[line]) == nil {
            failures[.input(line)] = noSuchLine(line.rawValue)
        }
        for line in outputs.keys where offset(of: settings.outputs[line]) == nil {
            failures[.output(line)] = noSuchLine(line.rawValue)
        }
        // What is off goes first. An output of inverted polarity has to be told even that.
        for isOn in [false, true] {
            let lines = OutputLine.allCases.filter { outputs[$0] == isOn && failures[.output($0)] == nil }
            do {
                try write(OutputLines(lines), isOn: isOn)
            } catch {
                for line in lines { failures[.output(line)] = error }
            }
        }
        return failures
    }

    func takeEdges(_ ready: ReadyDescriptors, into edges: inout [LineEdge]) throws(PortError) -> [InputLine] {
        edges += earlyEdges
        earlyEdges = []
        guard ready.contains(0) else { return [] }
        while let messages = try receive() {
            for message in messages { edges += try take(message) }
        }
        // The server drops nothing; if it could not keep up, it would end the connection.
        return []
    }

    func isActive(_ line: InputLine) throws(PortError) -> Bool {
        guard let assignment = settings.inputs[line], let offset = offset(of: assignment), let level = levels[offset]
        else {
            throw PortError(
                .invalidAnswer, "Reading \(line.rawValue) failed: \(name) told no level. Check its version.")
        }
        return level != assignment.isActiveLow
    }

    func write(_ lines: OutputLines, isOn: Bool) throws(PortError) {
        guard !lines.isEmpty else { return }
        guard let socket else { throw disconnected("it is not connected") }
        var bytes: [UInt8] = []
        for line in lines {
            guard let assignment = settings.outputs[line], let offset = offset(of: assignment) else { continue }
            bytes += SocketLineProtocol.output(offset, isOn != assignment.isActiveLow).utf8
        }
        let sent = send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        guard sent == bytes.count else { throw disconnected(String(cString: strerror(errno))) }
    }

    /// Nil if the server has no such line; its lines have no names, which the reader of the configuration knows.
    private func offset(of assignment: LineAssignment?) -> UInt32? {
        guard case .offset(let offset)? = assignment?.place, offset < lineCount else { return nil }
        return offset
    }

    private func noSuchLine(_ line: String) -> PortError {
        PortError(
            .notFound, "Requesting line \(line) of \(name) failed: it has \(lineCount) lines. Correct the offset.")
    }

    func close() {
        if let socket { Glibc.close(socket) }
        socket = nil
        reader = SocketLineProtocol.Reader()
        lineCount = 0
        levels = [:]
        earlyEdges = []
    }
}

extension SocketLines {
    private func connect() throws(PortError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let fresh = Glibc.socket(AF_UNIX, kind, 0)
        guard fresh >= 0 else { throw disconnected(String(cString: strerror(errno))) }
        guard linux_connect_path(fresh, name) == 0 else {
            let error = errno
            Glibc.close(fresh)
            throw DeviceFile(path: name, customaryGroup: "gpio").explain(error, tried: "Connecting to the lines at")
        }
        return fresh
    }

    /// Reads until the server has told its whole state.
    private func readGreeting(_ socket: Int32) throws(PortError) {
        var isReady = false
        while !isReady {
            var polled = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, Self.greetingTimeoutMilliseconds) > 0 else {
                throw PortError(.timeout, "Connecting to the lines at \(name) failed: no greeting came. Restart it.")
            }
            for message in try receive() ?? [] {
                if case .ready = message { isReady = true }
                let edges = try take(message)
                if isReady { earlyEdges += edges }
            }
        }
    }

    private func take(_ message: SocketLineProtocol.Message) throws(PortError) -> [LineEdge] {
        switch message {
        case .hello(let version, let count):
            guard version == SocketLineProtocol.version else {
                throw PortError(
                    .invalidAnswer,
                    "\(name) speaks version \(version) of the line protocol, not 1. Use the same release.")
            }
            lineCount = count
            return []
        case .input(let offset, let level, let nanoseconds):
            levels[offset] = level
            return settings.inputs.filter { $0.value.place == .offset(offset) }.map { line, assignment in
                LineEdge(
                    line: line, isActive: level != assignment.isActiveLow, at: Instant(nanoseconds: nanoseconds))
            }
        case .ready:
            return []
        case .busy:
            throw PortError(.busy, "Connecting to the lines at \(name) failed: another client has them. Stop it.")
        }
    }

    /// - Returns: nil if there is nothing to read now.
    private func receive() throws(PortError) -> [SocketLineProtocol.Message]? {
        guard let socket else { throw disconnected("it is not connected") }
        var buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
        let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return nil }
        guard count > 0 else {
            throw disconnected(count == 0 ? "the server is gone" : String(cString: strerror(errno)))
        }
        guard let messages = reader.take(buffer[0..<count]) else {
            throw PortError(.invalidAnswer, "\(name) does not keep to the line protocol. Use the same release.")
        }
        return messages
    }

    private func disconnected(_ cause: String) -> PortError {
        PortError(.disconnected, "Using the lines at \(name) failed: \(cause). It is tried again by itself.")
    }
}
