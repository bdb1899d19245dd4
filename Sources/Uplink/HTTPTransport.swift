import AsyncHTTPClient
import ClusterAPI
import FoundationEssentials
import Glibc
import NIOCore
import NIOSSL

/// The files of a connection over TLS, all in PEM form.
public struct UplinkTLSFiles: Hashable, Sendable {
    /// Certificate chain, the station's own first, and its private key.
    public struct Client: Hashable, Sendable {
        public var certificate: String
        public var key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }
    /// The only authority that is trusted; nil: the system's.
    public var authority: String?
    /// What the station shows of itself; nil: nothing.
    public var client: Client?

    public init(authority: String? = nil, client: Client? = nil) {
        self.authority = authority
        self.client = client
    }
}

/// HTTP or HTTPS to one cluster. With an authority file, no other authority is trusted.
final class HTTPTransport: ClusterTransport {
    /// An answer is a few hundred bytes; anything larger is not the cluster's.
    static let answerBodyLimit = 64 * 1024
    static let connectTimeoutSeconds: Int64 = 10
    /// From the request to the end of its answer.
    static let requestTimeoutSeconds: Int64 = 30

    private let base: String
    private let client: HTTPClient
    private let files: UplinkTLSFiles?

    init(cluster: ClusterURL, files: UplinkTLSFiles) {
        base = cluster.text
        self.files = cluster.isSecure ? files : nil
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.configuration)
    }

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = HTTPClient.Configuration.Timeout(
            connect: .seconds(connectTimeoutSeconds), read: .seconds(requestTimeoutSeconds))
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        // The uplink has its own backoff; a second one inside the client would hide failures from it.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// Read for every request, which are few: so a certificate that was renewed is taken without a restart, and one
    /// that is missing is no reason not to start. The connection stays as long as the files say the same.
    private static func tls(_ files: UplinkTLSFiles) throws(TransportError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authority = files.authority { tls.trustRoots = .file(authority) }
        guard let client = files.client else { return tls }
        do {
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(client.certificate).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: client.key, format: .pem))
        } catch {
            throw TransportError(
                message: "The station's certificate \(client.certificate) with the key \(client.key) cannot be used: "
                    + "\(error). Both must be PEM files that the daemon may read.")
        }
        return tls
    }

    func post(path: String, body: Data, signature: String?) async throws -> TransportAnswer {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        if let signature {
            request.headers.add(name: ClusterProtocol.signatureHeader, value: signature)
        }
        request.body = .bytes(body)
        if let files { request.tlsConfiguration = try await onOwnThread { try Self.tls(files) } }
        do {
            let response = try await client.execute(request, timeout: .seconds(Self.requestTimeoutSeconds))
            let answer = try await response.body.collect(upTo: Self.answerBodyLimit)
            return TransportAnswer(
                status: Int(response.status.code),
                retryAfterSeconds: response.headers.first(name: "retry-after").flatMap { Int64($0) },
                body: Data(answer.readableBytesView))
        } catch {
            throw TransportError(message: "POST \(base)\(path) got no answer: \(Self.reason(error)).")
        }
    }

    /// NIO wraps the system's answer in words of its own.
    private static func reason(_ error: any Error) -> String {
        guard let system = error as? IOError else { return "\(error)" }
        return String(cString: strerror(system.errnoCode))
    }

    func shutdown() async {
        // It can only fail if it is called twice, and then there is nothing left to shut down.
        try? await client.shutdown()
    }
}

/// Where the cluster is: scheme, host, port and perhaps a path, without a slash at the end.
struct ClusterURL: Hashable, Sendable {
    let text: String
    let isSecure: Bool

    init(_ text: String) throws(UplinkSettingsError) {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        isSecure = trimmed.hasPrefix("https://")
        let rest = trimmed.dropFirst(isSecure ? "https://".count : "http://".count)
        guard isSecure || trimmed.hasPrefix("http://"), let start = rest.first, start != "/", start != ":",
            rest.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !rest.contains("?"), !rest.contains("#")
        else {
            throw UplinkSettingsError(
                message: "The cluster's address is \"\(text)\", expected something like https://cluster.example:8420.")
        }
        self.text = trimmed
    }
}

/// The uplink cannot be set up as it is configured.
public struct UplinkSettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public var description: String { message }
}
