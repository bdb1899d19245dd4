import Glibc
import Logging

/// Units on a serial bus that is a pseudo-terminal: the daemon opens `linkPath` as it would open `/dev/ttyUSB0`.
public final class RTUSlaveBus: Sendable {
    private let linkPath: String
    private let units: [UInt8: any SlaveUnit]
    private let logger: Logger
    private let thread: ServerThread
    private let master: Int32
    /// Held open, so that the terminal survives a client that closes it and comes back.
    private let slave: Int32
    private let terminalPath: String

    /// Makes the terminal; `start` makes the symbolic link to it.
    public init(linkPath: String, units: [UInt8: any SlaveUnit], logger: Logger) throws {
        self.linkPath = linkPath
        self.units = units
        self.logger = logger
        thread = try ServerThread("slave-rtu")
        (master, slave, terminalPath) = try Self.openTerminal()
    }

    deinit {
        thread.stop()
        close(master)
        close(slave)
    }

    /// Puts the link there and answers. A stale link is replaced; anything else at `linkPath` is an error.
    public func start() throws {
        try Self.link(linkPath, to: terminalPath)
        let (master, units) = (master, units)
        thread.start { bell in Self.serve(master, units, until: bell) }
        logger.info("Simulated RTU bus \(linkPath) with units \(units.keys.sorted()).")
    }

    /// Stops answering and takes the link away; returns when the thread has ended. `start` puts both back.
    public func stop() {
        thread.stop()
        unlink(linkPath)
    }

    private static func serve(_ master: Int32, _ units: [UInt8: any SlaveUnit], until bell: Int32) {
        var framing = RTUFraming()
        while true {
            let timeout = framing.isWaiting ? RTUFraming.silenceMilliseconds : -1
            let readable = waitReadable([master, bell], timeoutMilliseconds: timeout)
            if readable.contains(bell) { return }
            guard readable.contains(master), let bytes = readAvailable(master) else {
                framing.silenceSeen()
                continue
            }
            framing.take(bytes)
            while let (unit, pdu) = framing.nextRequest() {
                guard let slave = units[unit] else { continue }
                switch SlaveRequest(pdu).reply(of: slave) {
                case .pdu(let answer): send(RTUFraming.frame(unit: unit, pdu: answer), to: master)
                case .pduWithBadChecksum(let answer):
                    send(RTUFraming.frame(unit: unit, pdu: answer, isChecksumRight: false), to: master)
                case .silence: break
                }
            }
        }
    }

    /// A terminal nobody reads from is full at some time: then the answer is lost, as it would be on a wire.
    private static func send(_ frame: [UInt8], to master: Int32) {
        _ = write(master, frame, frame.count)
    }
}

extension RTUSlaveBus {
    private static func openTerminal() throws -> (master: Int32, slave: Int32, path: String) {
        var (master, slave): (Int32, Int32) = (-1, -1)
        var settings = termios()
        cfmakeraw(&settings)
        cfsetspeed(&settings, speed_t(B19200))
        settings.c_cflag |= tcflag_t(CREAD | CLOCAL)
        var name = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard openpty(&master, &slave, &name, &settings, nil) == 0 else {
            throw SimulatedBusError("Opening a pseudo-terminal", error: errno)
        }
        for descriptor in [master, slave] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        return (master, slave, name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) })
    }

    private static func link(_ linkPath: String, to target: String) throws {
        var status = stat()
        if lstat(linkPath, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFLNK else {
                throw SimulatedBusError("\(linkPath) exists and is no symbolic link: remove it or choose another path.")
            }
            unlink(linkPath)
        }
        guard symlink(target, linkPath) == 0 else {
            throw SimulatedBusError("Linking \(linkPath) to \(target)", error: errno)
        }
    }
}
