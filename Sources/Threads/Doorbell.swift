import CLinux
import Glibc

/// Wakes a thread that waits, for the bell alone or with other descriptors in its `poll`. A ring before the wait is not
/// lost.
public final class Doorbell: Sendable {
    /// Readable from a ring until `silence`.
    public let descriptor: Int32

    public init() throws(SystemRefusal) {
        descriptor = linux_eventfd()
        guard descriptor >= 0 else { throw SystemRefusal("Making an eventfd", code: errno) }
    }

    deinit { close(descriptor) }

    /// May be called on any thread; never blocks.
    public func ring() {
        var one: UInt64 = 1
        // The only error that can happen is a full counter, and then the bell rings anyway.
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Takes all rings so far.
    public func silence() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    }

    /// Returns after so long, earlier if the bell rings, and silences it; nil waits for the bell alone.
    public func wait(atMost timeoutNanoseconds: Int64?) {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard linux_poll(&polled, 1, timeoutNanoseconds.map { max(0, $0) } ?? -1) > 0 else { return }
        silence()
    }
}
