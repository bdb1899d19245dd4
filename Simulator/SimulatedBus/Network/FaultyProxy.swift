import Glibc
import Logging
import Synchronization

/// Stands between a station and its cluster, and does to their exchanges what a bad network does.
public final class FaultyProxy: Sendable {
    /// The port that it listens on, also if any was asked for.
    public let port: Int
    private let service: ProxyService
    private let thread: ServerThread
    private let listener: Int32
    private let counts: Counts
    private let logger: Logger

    private final class Counts: Sendable {
        let byKind = Mutex<[ProxyEvent.Kind: Int]>([:])
    }

    /// - Parameters:
    ///   - port: on 127.0.0.1; 0 takes any that is free.
    ///   - clusterPort: where the cluster listens on 127.0.0.1. It may come and go.
    ///   - onEvent: called on the proxy's thread.
    public init(
        port: Int, clusterPort: Int, plan: ProxyPlan, logger: Logger,
        onEvent: @escaping @Sendable (ProxyEvent) -> Void = { _ in }
    ) throws {
        let counts = Counts()
        self.counts = counts
        self.logger = logger
        thread = try ServerThread("proxy")
        (listener, self.port) = try listenTCP("127.0.0.1", port)
        service = ProxyService(listener: listener, clusterPort: clusterPort, plan: plan) { event in
            counts.byKind.withLock { $0[event.kind, default: 0] += 1 }
            onEvent(event)
        }
    }

    deinit {
        thread.stop()
        close(listener)
    }

    public func start() {
        thread.start { [service] bell in
            var service = service
            service.serve(until: bell)
        }
        logger.info("Proxy on port \(port).")
    }

    /// Closes all connections; returns when the thread has ended.
    public func stop() {
        thread.stop()
    }

    /// How often each thing has happened.
    public var count: [ProxyEvent.Kind: Int] { counts.byKind.withLock { $0 } }
}
