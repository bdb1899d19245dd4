import Glibc

/// Two connected ends. They are closed on exec: who reads one until it ends must not wait for a program that another test
/// starts meanwhile.
public func connectedSockets() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
        throw NoSockets(error: String(cString: strerror(errno)))
    }
    return (ends[0], ends[1])
}

private struct NoSockets: Error {
    var error: String
}
