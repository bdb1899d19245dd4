import Glibc
import Logging
import Synchronization

/// Units behind one Modbus TCP endpoint, for several clients at once.
public final class TCPSlaveBus: Sendable {
    /// More clients at once are turned away.
    public static let clientsLimit = TCPService.clientsLimit

    /// What the endpoint makes of connections.
    public enum Endpoint: Hashable, Sendable {
        /// Answers, as it should.
        case answering
        /// Takes connections and requests, and never says a word.
        case halfOpen
    }

    /// The port that it listens on, also if any was asked for.
    public let port: Int
    private let units: [UInt8: any SlaveUnit]
    private let endpoint: Endpoint
    private let logger: Logger
    private let thread: ServerThread
    private let listener: Int32
    private let forgetting = Forgetting()

    private final class Forgetting: Sendable {
        let isAsked = Atomic(false)
    }

    /// - Parameters:
    ///   - host: an IPv4 address.
    ///   - port: 0 takes any that is free.
    public init(
        host: String, port: Int, units: [UInt8: any SlaveUnit], endpoint: Endpoint = .answering, logger: Logger
    ) throws {
        self.units = units
        self.endpoint = endpoint
        self.logger = logger
        thread = try ServerThread("slave-tcp")
        (listener, self.port) = try Self.listen(host, port)
    }

    deinit {
        thread.stop()
        close(listener)
    }

    public func start() {
        let service = TCPService(listener: listener, units: units, isHalfOpen: endpoint == .halfOpen)
        thread.start { [forgetting] bell in
            var service = service
            service.serve(until: bell) { forgetting.isAsked.exchange(false, ordering: .acquiringAndReleasing) }
        }
        logger.info("Simulated TCP bus on port \(port) with units \(units.keys.sorted()).")
    }

    /// Closes all clients; returns when the thread has ended. `start` serves again on the same port.
    public func stop() {
        thread.stop()
    }

    /// The clients of now get no answer from their next request on, and their connections stay open: what a device that
    /// lost its power looks like from the other end. Clients that come later are served.
    public func forgetClients() {
        forgetting.isAsked.store(true, ordering: .releasing)
    }

    private static func listen(_ host: String, _ port: Int) throws -> (socket: Int32, port: Int) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1, let port = UInt16(exactly: port) else {
            throw SimulatedBusError("\(host):\(port) is no IPv4 address with a port from 0 to 65535.")
        }
        address.sin_port = port.bigEndian
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard listener >= 0 else { throw SimulatedBusError("Making a socket", error: errno) }
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard bind(listener, pointer, length) == 0, Glibc.listen(listener, 8) == 0 else { return Int32(-1) }
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
}
