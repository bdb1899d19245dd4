import CLinux
import Glibc

/// A Unix socket bound to a path, closed with the last reference. Its file stays, as a dead process would leave it.
public final class BoundSocket: Sendable {
    public let descriptor: Int32

    /// `kind` is `SOCK_STREAM` or `SOCK_DGRAM`.
    public init(_ kind: __socket_type, at path: String) throws {
        descriptor = socket(AF_UNIX, Int32(kind.rawValue), 0)
        guard linux_bind_path(descriptor, path) == 0 else { throw NotBound(path: path, code: errno) }
    }

    deinit { close(descriptor) }

    private struct NotBound: Error {
        var path: String
        var code: Int32
    }
}
