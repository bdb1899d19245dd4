import Glibc
import TestSupport
import Testing

@testable import SimulatedBus

/// A listening socket whose connections the test serves by hand.
final class RawServer {
    let port: Int
    private let listener: Int32

    init() throws { (listener, port) = try listenTCP("127.0.0.1", 0) }

    deinit { close(listener) }

    /// The next connection, as soon as there is one.
    func accept() throws -> RawMaster {
        _ = waitReadable([listener], timeoutMilliseconds: RawMaster.patienceMilliseconds)
        return try RawMaster(acceptClient(listener) ?? -1, "a connection to 127.0.0.1:\(port)")
    }

    /// Whether somebody has connected since.
    var isCalled: Bool { !waitReadable([listener], timeoutMilliseconds: 0).isEmpty }
}

extension RawMaster {
    /// Everything up to the end of the connection.
    func readToEnd() -> [UInt8] {
        var bytes: [UInt8] = []
        while case let next = read(1), !next.isEmpty { bytes += next }
        return bytes
    }
}
