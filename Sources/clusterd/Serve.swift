import ArgumentParser
import ClusterServer
import ClusterStore
import FoundationEssentials
import Logging
import ServiceLifecycle
import Systemd
import Vocabulary

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take reports until SIGTERM.")

    @OptionGroup var storeOptions: StoreOptions

    @Option(help: "Address and port to listen on.")
    var listen = ListenAddress(argument: "127.0.0.1:8420")!

    @Option(help: "PEM file with the server's certificate chain.")
    var tlsCertificate: String?

    @Option(help: "PEM file with the certificate's private key.")
    var tlsKey: String?

    @Option(help: "PEM file with an authority: only who has a certificate of it is let in.")
    var tlsClientAuthority: String?

    @OptionGroup var rates: RateOptions

    @Option(help: "trace, debug, info, notice, warning, error or critical; without it notice.", transform: level)
    var logLevel = Logger.Level.notice

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key belong together: give both or neither.")
        }
        guard tlsClientAuthority == nil || tlsCertificate != nil else {
            throw ValidationError("--tls-client-authority needs --tls-certificate and --tls-key.")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "clusterd")
        logger.logLevel = logLevel
        let settings = settings
        if settings.tls == nil, !listen.isLoopback {
            logger.warning(
                "Listening on \(listen) without TLS: reports are signed, but anyone on the way can read them.")
        }
        let start = ContinuousClock.now
        let server = ClusterServer(
            backend: try storeOptions.openOrCreate(), settings: settings, logger: logger,
            now: { .zero + (ContinuousClock.now - start) }, unixSeconds: { Int64(Date().timeIntervalSince1970) },
            onListening: { [logger] port in announceReady(port: port, settings: settings, logger: logger) })
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }

    private var settings: ClusterServerSettings {
        var settings = ClusterServerSettings(host: listen.host, port: listen.port, limits: rates.limits)
        if let tlsCertificate, let tlsKey {
            settings.tls = ClusterServerSettings.TLSFiles(
                certificateChain: tlsCertificate, privateKey: tlsKey, clientAuthority: tlsClientAuthority)
        }
        return settings
    }
}

/// The socket is bound and the store is open: the one place where whoever supervises the process is told.
func announceReady(port: Int, settings: ClusterServerSettings, logger: Logger) {
    let scheme = settings.tls == nil ? "http" : "https"
    SystemdNotifier().ready("listening on port \(port)")
    logger.notice("Listening on \(scheme)://\(settings.host):\(port).")
}

private func level(_ text: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: text) else { throw ValidationError("there is no log level \(text).") }
    return level
}
