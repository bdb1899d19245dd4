import CLinux
import Glibc

/// The file of the operator socket: made way for before it is bound, restricted after, removed at the end.
struct SocketFile: Sendable {
    let path: String

    /// Longest path that fits `sun_path` with its terminating zero (unix(7)).
    static let pathLimit = 107

    /// Removes a socket that a daemon left behind. One that somebody answers on, and anything that is no socket, stays.
    func makeWay() throws(SocketFileError) {
        guard path.utf8.count <= Self.pathLimit else {
            throw SocketFileError(path, "its path is longer than \(Self.pathLimit) bytes; choose a shorter one.")
        }
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw failure("it cannot be looked at", errno) }
            return try checkFolder()
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SocketFileError(path, "something else has that name; remove it or choose another operatorSocket.")
        }
        switch try connectOnce() {
        case 0, EAGAIN, EINPROGRESS:
            throw SocketFileError(
                path, "another process answers on it; stop that one or choose another operatorSocket.")
        case ECONNREFUSED, ENOENT:
            guard unlink(path) == 0 || errno == ENOENT else {
                throw failure("the one left behind cannot be removed", errno)
            }
        case let code:
            throw failure("the one that is there cannot be tried", code)
        }
    }

    /// Leaves the socket to its owner and group.
    func restrict() throws(SocketFileError) {
        guard chmod(path, 0o660) == 0 else { throw failure("its mode cannot be set to 0660", errno) }
    }

    func remove() {
        // Gone already is as good; nothing else can be done about it when the daemon ends.
        unlink(path)
    }

    private func checkFolder() throws(SocketFileError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard folder.isEmpty || access(folder, F_OK) == 0 else {
            throw SocketFileError(path, "the folder \(folder) does not exist; create it.")
        }
    }

    /// 0 if somebody accepts, otherwise the error's number.
    private func connectOnce() throws(SocketFileError) -> Int32 {
        // Not blocking: a listener whose queue is full would otherwise keep us waiting.
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw failure("no socket could be made to try it", errno) }
        defer { close(descriptor) }
        return linux_connect_path(descriptor, path) == 0 ? 0 : errno
    }

    private func failure(_ what: String, _ code: Int32) -> SocketFileError {
        SocketFileError(path, "\(what): \(String(cString: strerror(code))).")
    }
}

/// Why the operator socket cannot be used, and what to do.
public struct SocketFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public var path: String
    public var reason: String

    init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    public var description: String { "The operator socket \(path) cannot be used: \(reason)" }
}
