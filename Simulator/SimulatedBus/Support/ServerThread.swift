import CModbus
import Glibc
import Synchronization

/// What was tried, and what the system said.
public struct SimulatedBusError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ attempt: String, error: Int32) {
        description = "\(attempt) failed: \(String(cString: strerror(error)))."
    }

    init(_ description: String) {
        self.description = description
    }
}

/// A named thread that serves descriptors until it is stopped.
final class ServerThread: Sendable {
    private let name: String
    private let state = Mutex<pthread_t?>(nil)
    /// Becomes readable when the thread is to end.
    private let bell: (readEnd: Int32, writeEnd: Int32)

    private final class Start: Sendable {
        let name: String
        let body: @Sendable (Int32) -> Void
        let bell: Int32

        init(name: String, bell: Int32, body: @escaping @Sendable (Int32) -> Void) {
            self.name = name
            self.bell = bell
            self.body = body
        }
    }

    init(_ name: String) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SimulatedBusError("Making a pipe", error: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        self.name = name
        bell = (ends[0], ends[1])
    }

    deinit {
        close(bell.readEnd)
        close(bell.writeEnd)
    }

    /// Runs `body` with the descriptor that becomes readable when it is to return. Does nothing if it runs already.
    func start(_ body: @escaping @Sendable (_ bell: Int32) -> Void) {
        state.withLock { thread in
            guard thread == nil else { return }
            let start = Unmanaged.passRetained(Start(name: name, bell: bell.readEnd, body: body))
            var fresh = pthread_t()
            let result = pthread_create(&fresh, nil, runServerThread, start.toOpaque())
            precondition(result == 0, "The thread \(name) could not be created: \(String(cString: strerror(result))).")
            thread = fresh
        }
    }

    /// Returns when the thread has ended. Must not be called on it.
    func stop() {
        state.withLock { thread in
            guard let running = thread else { return }
            var byte: UInt8 = 1
            _ = write(bell.writeEnd, &byte, 1)
            pthread_join(running, nil)
            _ = read(bell.readEnd, &byte, 1)
            thread = nil
        }
    }

    fileprivate static func run(_ argument: UnsafeMutableRawPointer?) {
        guard let argument else { return }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        cmodbus_name_thread(String(start.name.prefix(15)))
        start.body(start.bell)
    }
}

private func runServerThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    ServerThread.run(argument)
    return nil
}

/// Waits until one of the descriptors is readable or hung up.
/// - Parameter timeoutMilliseconds: negative waits without end.
/// - Returns: the readable ones.
func waitReadable(_ descriptors: [Int32], timeoutMilliseconds: Int32 = -1) -> Set<Int32> {
    var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    guard poll(&polled, nfds_t(polled.count), timeoutMilliseconds) > 0 else { return [] }
    return Set(polled.filter { $0.revents != 0 }.map(\.fd))
}

/// One read of at most 4 KiB.
/// - Returns: nil at the end of the stream or after an error; empty if there is nothing now.
func readAvailable(_ descriptor: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    if count > 0 { return Array(bytes[0..<count]) }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? [] : nil
}

/// Writes all bytes to a socket.
/// - Returns: false if the other side is gone or does not take them.
func sendAll(_ bytes: [UInt8], to socket: Int32) -> Bool {
    bytes.isEmpty || send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) == bytes.count
}

/// - Returns: the next client of a listening socket, non-blocking; nil if there is none after all.
func acceptClient(_ listener: Int32) -> Int32? {
    let client = accept(listener, nil, nil)
    guard client >= 0 else { return nil }
    _ = fcntl(client, F_SETFD, FD_CLOEXEC)
    _ = fcntl(client, F_SETFL, O_NONBLOCK)
    return client
}
