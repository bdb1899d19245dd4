import CLinux
import Glibc

/// A pseudo-terminal whose slave side stands in for a serial port.
final class PseudoTerminal: Sendable {
    let master: Int32
    /// Held open, so that the terminal survives a client that closes it and comes back.
    private let slave: Int32
    let path: String
    /// Readable when somebody has opened the port.
    let openings: Int32

    init() throws {
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
        self.master = master
        self.slave = slave
        path = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        openings = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        _ = inotify_add_watch(openings, path, UInt32(bitPattern: Int32(IN_OPEN)))
    }

    deinit {
        close(master)
        close(slave)
        close(openings)
    }

    /// Puts a symbolic link to the port there. A stale link is replaced; anything else at `linkPath` is an error.
    func link(at linkPath: String) throws {
        var status = stat()
        if lstat(linkPath, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFLNK else {
                throw SimulatedBusError("\(linkPath) exists and is no symbolic link: remove it or choose another path.")
            }
            unlink(linkPath)
        }
        guard symlink(path, linkPath) == 0 else {
            throw SimulatedBusError("Linking \(linkPath) to \(path)", error: errno)
        }
    }

    /// A terminal nobody reads from is full at some time: then the bytes are lost, as they would be on a wire.
    func send(_ bytes: [UInt8]) {
        _ = write(master, bytes, bytes.count)
    }
}
