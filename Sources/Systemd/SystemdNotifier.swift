import Glibc

/// Speaks systemd's notification protocol (sd_notify(3)): datagrams of `KEY=VALUE` lines to the socket named in
/// `NOTIFY_SOCKET`. Does nothing where that variable is missing.
public struct SystemdNotifier: Sendable {
    private let socketPath: String?
    /// Half of `WATCHDOG_USEC`, as sd_watchdog_enabled(3) recommends; nil if nobody watches this process.
    public let keepAlivePeriod: Duration?

    /// Reads the environment of the process.
    public init() {
        self.init(
            socketPath: Self.variable("NOTIFY_SOCKET"), watchdogMicroseconds: Self.variable("WATCHDOG_USEC"),
            watchdogProcess: Self.variable("WATCHDOG_PID"), process: getpid())
    }

    public init(
        socketPath: String?, watchdogMicroseconds: String?, watchdogProcess: String?, process: Int32
    ) {
        self.socketPath = socketPath
        let isMeant = watchdogProcess.map { $0 == "\(process)" } ?? true
        keepAlivePeriod =
            isMeant ? watchdogMicroseconds.flatMap(Int64.init).map { .microseconds($0 / 2) } : nil
    }

    /// The start, or a reload, is complete; `status` is a line for `systemctl status`.
    public func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }
    /// To be called at least every `keepAlivePeriod`.
    public func keepAlive() { send("WATCHDOG=1") }
    /// The shutdown has begun.
    public func stopping() { send("STOPPING=1") }
    /// `monotonicMicroseconds`: CLOCK_MONOTONIC, as RELOADING=1 demands.
    public func reloading(monotonicMicroseconds: Int64) {
        send("RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds)")
    }

    /// A message that cannot be sent is dropped: a supervisor that is gone must not stop the station.
    private func send(_ message: String) {
        guard let socketPath, var address = Self.address(of: socketPath) else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + socketPath.utf8.count)
        let bytes = Array(message.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), generic, length)
            }
        }
    }

    /// Nil if the path does not fit; a leading `@` stands for the abstract name space.
    private static func address(of path: String) -> sockaddr_un? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
