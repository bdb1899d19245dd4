import AsyncHTTPClient
import ClusterAPI
import FoundationEssentials
import Glibc
import NIOCore

/// HTTP or HTTPS to one cluster. With an authority file, no other authority is trusted.
final class HTTPTransport: ClusterTransport {
    /// An answer is a few hundred bytes; anything larger is not the cluster's.
    static let answerBodyLimit = 64 * 1024
    static let connectTimeoutSeconds: Int64 = 10
    /// From the request to the end of its answer.
    static let requestTimeoutSeconds: Int64 = 30

    private let base: String
    private let client: HTTPClient

    init(cluster: ClusterURL, authorityFile: String?) {
        base = cluster.text
        client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: Self.configuration(authorityFile: authorityFile))
    }

    private static func configuration(authorityFile: String?) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = HTTPClient.Configuration.Timeout(
            connect: .seconds(connectTimeoutSeconds), read: .seconds(requestTimeoutSeconds))
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        // The uplink has its own backoff; a second one inside the client would hide failures from it.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.tlsConfiguration = .makeClientConfiguration()
        if let authorityFile {
            configuration.tlsConfiguration?.trustRoots = .file(authorityFile)
        }
        return configuration
    }

    func post(path: String, body: Data, signature: String?) async throws -> TransportAnswer {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        if let signature {
            request.headers.add(name: ClusterProtocol.signatureHeader, value: signature)
        }
        request.body = .bytes(body)
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
