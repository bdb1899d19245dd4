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
        (listener, self.port) = try listenTCP(host, port)
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
}
