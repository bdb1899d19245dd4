import ClusterAPI
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import ServiceLifecycle
import Vocabulary

/// Where the cluster server listens.
public struct ClusterServerSettings: Hashable, Sendable {
    /// Paths of the files that TLS needs.
    public struct TLSFiles: Hashable, Sendable {
        /// PEM, the server's own certificate first.
        public var certificateChain: String
        /// PEM.
        public var privateKey: String
        /// PEM; only who has a certificate of this authority is let in. Nil: everybody is.
        public var clientAuthority: String?

        public init(certificateChain: String, privateKey: String, clientAuthority: String? = nil) {
            self.certificateChain = certificateChain
            self.privateKey = privateKey
            self.clientAuthority = clientAuthority
        }
    }
    /// An address or a name of this machine.
    public var host: String
    /// 0: a free port, given to `onListening`.
    public var port: Int
    /// Nil: plain HTTP, for a reverse proxy on the same machine.
    public var tls: TLSFiles?
    public var limits: RateLimits

    public init(host: String, port: Int, tls: TLSFiles? = nil, limits: RateLimits = RateLimits()) {
        self.host = host
        self.port = port
        self.tls = tls
        self.limits = limits
    }
}

/// Serves `ClusterRoutes` until graceful shutdown.
public struct ClusterServer: Service {
    /// Connections served at once; more wait in the kernel's queue.
    public static let connectionLimit = 1024
    /// A connection that is silent for this long is closed, in seconds.
    public static let idleTimeoutSeconds: Int64 = 90

    private let backend: any ClusterBackend
    private let settings: ClusterServerSettings
    private let logger: Logger
    private let now: @Sendable () -> Instant
    private let unixSeconds: @Sendable () -> Int64
    private let onListening: @Sendable (_ port: Int) async -> Void

    /// `now` is monotonic, for the limits of the log and of requests; `unixSeconds`, since 1970, is kept with what is
    /// received. `onListening` is called once, with the port, when the socket is bound.
    public init(
        backend: any ClusterBackend, settings: ClusterServerSettings, logger: Logger,
        now: @escaping @Sendable () -> Instant, unixSeconds: @escaping @Sendable () -> Int64,
        onListening: @escaping @Sendable (_ port: Int) async -> Void
    ) {
        self.backend = backend
        self.settings = settings
        self.logger = logger
        self.now = now
        self.unixSeconds = unixSeconds
        self.onListening = onListening
    }

    /// Throws `ClusterServerError` if the certificate cannot be used, and the system's error if the address cannot.
    public func run() async throws {
        let onListening = onListening
        // The framework logs every connection and start at levels of its own; ours are the transitions that matter.
        var frameworkLogger = logger
        frameworkLogger.logLevel = .error
        let application = Application(
            router: ClusterRoutes.router(
                backend: backend, limits: settings.limits, logger: logger, now: now, unixSeconds: unixSeconds),
            server: try channel(),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
            logger: frameworkLogger)
        try await application.run()
    }

    private func channel() throws -> HTTPServerBuilder {
        let plain = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(idleTimeout: .seconds(Self.idleTimeoutSeconds)))
        guard let files = settings.tls else { return plain }
        return try .tls(plain, tlsConfiguration: try Self.tlsConfiguration(files))
    }

    private static func tlsConfiguration(_ files: ClusterServerSettings.TLSFiles) throws -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificateChain)
            let key = try NIOSSLPrivateKey(file: files.privateKey, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            if let authority = files.clientAuthority {
                // A client's certificate says who vouches for it; its name is no machine's.
                configuration.certificateVerification = .noHostnameVerification
                configuration.trustRoots = .certificates(try authorities(in: authority))
            }
            return configuration
        } catch let error as ClusterServerError {
            throw error
        } catch {
            throw ClusterServerError(
                message: "The certificate \(files.certificateChain) with the key \(files.privateKey) cannot be used: "
                    + "\(error). Both must be readable PEM files.")
        }
    }
}

extension ClusterServer {
    private static func authorities(in file: String) throws(ClusterServerError) -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(file)
        } catch {
            throw ClusterServerError(
                message: "The authority of clients \(file) cannot be used: \(error). It must be a readable PEM file.")
        }
        guard !certificates.isEmpty else {
            throw ClusterServerError(message: "The authority of clients \(file) holds no certificate in PEM form.")
        }
        return certificates
    }
}

/// Why the server does not start, and what to do: one sentence.
public struct ClusterServerError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public var description: String { message }
}
