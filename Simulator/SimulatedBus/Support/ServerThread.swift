import CLinux
import Glibc
import Synchronization
import Threads

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
    private let state = Mutex<NamedThread?>(nil)
    /// Rings when the thread is to end.
    private let bell: Doorbell

    init(_ name: String) throws(SystemRefusal) {
        self.name = name
        bell = try Doorbell()
    }

    /// Runs `body` with the descriptor that becomes readable when it is to return. Does nothing if it runs already.
    func start(_ body: @escaping @Sendable (_ bell: Int32) -> Void) {
        state.withLock { thread in
            guard thread == nil else { return }
            let descriptor = bell.descriptor
            thread = essential { try NamedThread(name) { body(descriptor) } }
        }
    }

    /// Returns when the thread has ended. Must not be called on it.
    func stop() {
        state.withLock { thread in
            guard let running = thread else { return }
            bell.ring()
            running.join()
            bell.silence()
            thread = nil
        }
    }
}

/// Waits until one of the descriptors is readable or hung up.
/// - Parameter timeoutMilliseconds: negative waits without end.
/// - Returns: the readable ones.
func waitReadable(_ descriptors: [Int32], timeoutMilliseconds: Int32 = -1) -> Set<Int32> {
    waitReadable(
        descriptors, timeoutNanoseconds: timeoutMilliseconds < 0 ? nil : Int64(timeoutMilliseconds) * 1_000_000)
}

/// - Parameter until: a time on the monotonic clock, in nanoseconds; nil waits without end.
func waitReadable(_ descriptors: [Int32], until: Int64?) -> Set<Int32> {
    waitReadable(descriptors, timeoutNanoseconds: until.map { max(0, $0 - linux_monotonic_nanoseconds()) })
}

private func waitReadable(_ descriptors: [Int32], timeoutNanoseconds: Int64?) -> Set<Int32> {
    var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    guard linux_poll(&polled, UInt(polled.count), timeoutNanoseconds ?? -1) > 0 else { return [] }
    return Set(polled.lazy.filter { $0.revents != 0 }.map(\.fd))
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

extension Duration {
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
