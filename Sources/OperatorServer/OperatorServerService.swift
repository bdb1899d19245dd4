import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import OperatorAPI
import ServiceLifecycle
import SparingLog
import Vocabulary

/// Serves `OperatorProtocol` on a Unix socket until it is told to shut down.
///
/// Whoever may open the socket may command the station: its file has mode 0660, so its group decides that.
public struct OperatorServerService: Service {
    /// More connections wait until one is closed.
    public static let connectionLimit = 16
    /// A connection that says nothing for so long is closed, in seconds.
    public static let idleTimeoutSeconds: Int64 = 30

    private let backend: any OperatorBackend
    private let socket: SocketFile
    private let group: any EventLoopGroup
    private let logger: Logger
    private let now: @Sendable () -> Instant
    private let whenListening: @Sendable () async -> Void

    /// - Parameters:
    ///   - socketPath: at most 107 bytes; its folder must exist.
    ///   - now: monotonic; for the limit of the log.
    ///   - group: the threads that serve; one is enough, and the daemon's other network users can share it.
    ///   - whenListening: called once connections are accepted.
    public init(
        backend: any OperatorBackend, socketPath: String, now: @escaping @Sendable () -> Instant, logger: Logger,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        whenListening: @escaping @Sendable () async -> Void = {}
    ) {
        self.backend = backend
        self.socket = SocketFile(path: socketPath)
        self.group = group
        self.logger = logger
        self.now = now
        self.whenListening = whenListening
    }

    /// - Throws: `SocketFileError` if the socket cannot be used, before anything is served.
    public func run() async throws {
        try socket.makeWay()
        let responder = OperatorResponder(backend: backend, log: SharedSparingLogger(logger, now: now))
        // What the framework says below warning is about itself.
        var frameworkLogger = logger
        frameworkLogger.logLevel = .warning
        // Hummingbird's `Application` would add a date header and wake up every second to renew it.
        let server = try HTTPServerBuilder.http1(configuration: .init(idleTimeout: .seconds(Self.idleTimeoutSeconds)))
            .buildServer(
                configuration: ServerConfiguration(
                    address: .unixDomainSocket(path: socket.path), backlog: Self.connectionLimit,
                    availableConnectionsDelegate: .maximum(Self.connectionLimit, logger: frameworkLogger)),
                eventLoopGroup: group, logger: frameworkLogger,
                responder: { request, writer, _ in
                    let response = await responder.respond(to: request)
                    try await writer.write(response: response.head, body: response.body)
                },
                onServerRunning: { _ in await start() })
        // The file goes first, while this process still answers on it: nobody else's socket can be taken for it then.
        try await withTaskCancellationOrGracefulShutdownHandler {
            do {
                try await server.run()
            } catch {
                throw SocketFileError(socket.path, "it cannot be bound: \(error)")
            }
        } onCancelOrGracefulShutdown: {
            socket.remove()
        }
    }

    private func start() async {
        do {
            try socket.restrict()
        } catch {
            logger.error("\(error)")
        }
        logger.info("operators are answered", metadata: ["socket": "\(socket.path)"])
        await whenListening()
    }
}
