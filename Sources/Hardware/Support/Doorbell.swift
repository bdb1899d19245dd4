import CModbus
import Glibc
import Vocabulary

/// Wakes a thread that waits for a point in time. A ring before the wait is not lost.
final class Doorbell: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "A pipe could not be made: \(String(cString: strerror(errno))).")
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func ring() {
        var byte: UInt8 = 1
        // A full pipe is a rung bell.
        _ = write(writeEnd, &byte, 1)
    }

    /// Returns after `duration`, earlier if the bell rings; nil waits for the bell alone.
    func wait(for duration: Duration?) {
        cmodbus_wait_readable(readEnd, duration.map { max(0, $0.inNanoseconds) } ?? -1)
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(readEnd, &bytes, bytes.count) > 0 {}
    }
}
