import Glibc

/// Listens on an IPv4 address, without blocking.
/// - Parameter port: 0 takes any that is free.
/// - Returns: the socket and the port that it is bound to.
func listenTCP(_ host: String, _ port: Int) throws -> (socket: Int32, port: Int) {
    var address = try ipv4Address(host, port)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard listener >= 0 else { throw SimulatedBusError("Making a socket", error: errno) }
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            guard bind(listener, pointer, length) == 0, listen(listener, 8) == 0 else { return Int32(-1) }
            return getsockname(listener, pointer, &length)
        }
    }
    guard result == 0 else {
        let error = errno
        close(listener)
        throw SimulatedBusError("Listening on \(host):\(port)", error: error)
    }
    return (listener, Int(UInt16(bigEndian: address.sin_port)))
}

/// Connects to an IPv4 address of this machine, where that takes no time worth a thread of its own.
/// - Returns: the socket, non-blocking from now on; nil if nobody listens.
func connectTCP(_ host: String, _ port: Int) -> Int32? {
    guard var address = try? ipv4Address(host, port) else { return nil }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard result == 0 else {
        close(descriptor)
        return nil
    }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    return descriptor
}

/// Closes a connection so that the other side sees a reset, and not an orderly end.
func resetTCP(_ descriptor: Int32) {
    var atOnce = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &atOnce, socklen_t(MemoryLayout<linger>.size))
    close(descriptor)
}

private func ipv4Address(_ host: String, _ port: Int) throws -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    guard inet_pton(AF_INET, host, &address.sin_addr) == 1, let port = UInt16(exactly: port) else {
        throw SimulatedBusError("\(host):\(port) is no IPv4 address with a port from 0 to 65535.")
    }
    address.sin_port = port.bigEndian
    return address
}
