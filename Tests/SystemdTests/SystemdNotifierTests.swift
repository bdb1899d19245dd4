import Glibc
import Systemd
import TestSupport
import Testing

/// A datagram socket in the place of systemd's.
final class NotifySocket {
    private let folder: TemporaryFolder
    private let socket: BoundSocket

    init() throws {
        folder = try TemporaryFolder()
        socket = try BoundSocket(SOCK_DGRAM, at: "\(folder.path)/notify.sock")
    }

    var path: String { "\(folder.path)/notify.sock" }

    /// The next message; sending to a Unix datagram socket is synchronous, so it is there already.
    func next() -> String? {
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = recv(socket.descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}

struct SystemdNotifierTests {
    @Test func `messages are the literal lines of the protocol`() throws {
        let socket = try NotifySocket()
        let notifier = SystemdNotifier(
            socketPath: socket.path, watchdogMicroseconds: nil, watchdogProcess: nil, process: 1)
        notifier.ready("mode idle")
        notifier.keepAlive()
        notifier.reloading(monotonicMicroseconds: 42)
        notifier.stopping()
        #expect(socket.next() == "READY=1\nSTATUS=mode idle")
        #expect(socket.next() == "WATCHDOG=1")
        #expect(socket.next() == "RELOADING=1\nMONOTONIC_USEC=42")
        #expect(socket.next() == "STOPPING=1")
        #expect(socket.next() == nil)
    }

    @Test func `the watchdog is fed at half its time and only by the process that it watches`() {
        func period(_ microseconds: String?, _ process: String?) -> Duration? {
            SystemdNotifier(
                socketPath: nil, watchdogMicroseconds: microseconds, watchdogProcess: process, process: 7
            ).keepAlivePeriod
        }
        #expect(period("10000000", nil) == .seconds(5))
        #expect(period("10000000", "7") == .seconds(5))
        #expect(period("10000000", "8") == nil)
        #expect(period("soon", nil) == nil)
        #expect(period(nil, nil) == nil)
    }

    @Test func `without a supervisor, or with one that is gone, nothing happens`() {
        SystemdNotifier(socketPath: nil, watchdogMicroseconds: nil, watchdogProcess: nil, process: 1).ready("x")
        SystemdNotifier(
            socketPath: "/nonexistent/notify.sock", watchdogMicroseconds: nil, watchdogProcess: nil, process: 1
        ).ready("x")
    }
}
