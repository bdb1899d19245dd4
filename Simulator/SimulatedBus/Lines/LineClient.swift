import CLinux
import Glibc
import Synchronization

/// The client's side of the line protocol, for whoever passes the lines on: over the server's socket, or over a
/// character device at whose other end that socket is.
public final class LineClient: Sendable {
    public enum End: Hashable, Sendable {
        case gone, busy
        /// The other side does not keep to the protocol; the line that shows it.
        case garbled(String)
    }

    /// An answer that cannot be sent for so long is as good as a server that is gone.
    private static let sendTimeoutMilliseconds: Int32 = 1000

    private let descriptor: Int32
    private let isSocket: Bool
    private let isOver = Mutex(false)

    public init(path: String) throws {
        (descriptor, isSocket) = try Self.open(path)
    }

    deinit { close(descriptor) }

    /// Hands every level of an input on until the other side is gone. Blocks.
    public func run(onInput: (UInt32, Bool) -> Void) -> End {
        var buffer = LineBuffer()
        while true {
            _ = waitReadable([descriptor])
            guard let bytes = readAvailable(descriptor) else { return .gone }
            guard let lines = buffer.take(bytes) else { return .garbled("a line without an end") }
            for line in lines {
                switch LineProtocol.Told(line) {
                case .hello(LineProtocol.version, lineCount: _)?, .ready?: break
                case .input(let offset, let level)?: onInput(offset, level)
                case .busy?: return .busy
                case .hello?, nil: return .garbled(line)
                }
            }
        }
    }

    /// Drives an output. May be called on any thread; does nothing after the other side is gone.
    public func setOutput(offset: UInt32, level: Bool) {
        isOver.withLock { isOver in
            var bytes = Array(LineProtocol.output(offset, level).utf8)[...]
            while !isOver, !bytes.isEmpty {
                // A socket whose other side is gone must not end the process by a signal.
                let written = bytes.withUnsafeBytes { bytes in
                    isSocket
                        ? send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                        : write(descriptor, bytes.baseAddress, bytes.count)
                }
                if written > 0 {
                    bytes = bytes.dropFirst(written)
                } else if errno == EAGAIN {
                    var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    isOver = poll(&polled, 1, Self.sendTimeoutMilliseconds) <= 0
                } else if errno != EINTR {
                    isOver = true
                }
            }
        }
    }

    private static func open(_ path: String) throws -> (descriptor: Int32, isSocket: Bool) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw SimulatedBusError("Looking for the lines at \(path)", error: errno)
        }
        if status.st_mode & S_IFMT == S_IFSOCK {
            let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard socket >= 0 else { throw SimulatedBusError("Making a socket", error: errno) }
            guard linux_connect_path(socket, path) == 0 else {
                let error = errno
                close(socket)
                throw SimulatedBusError("Connecting to the lines at \(path)", error: error)
            }
            _ = fcntl(socket, F_SETFL, O_NONBLOCK)
            return (socket, true)
        }
        let device = Glibc.open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard device >= 0 else { throw SimulatedBusError("Opening the lines at \(path)", error: errno) }
        var settings = termios()
        if tcgetattr(device, &settings) == 0 {
            cfmakeraw(&settings)
            tcsetattr(device, TCSANOW, &settings)
        }
        return (device, false)
    }
}
