import Glibc
import Systemd
import Testing

/// A datagram socket in the place of systemd's.
final class NotifySocket {
    let path: String
    private let descriptor: Int32

    init() throws {
        path = "/tmp/notify-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// The next message; sending to a Unix datagram socket is synchronous, so it is there already.
    func next() -> String? {
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
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
