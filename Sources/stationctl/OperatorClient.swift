import ArgumentParser
import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import OperatorAPI

/// Calls the daemon over its Unix socket.
struct OperatorClient {
    static let timeoutSeconds: Int64 = 10
    /// Longer answers are refused.
    static let answerByteLimit = 8 << 20

    let socketPath: String

    func answer(
        to call: OperatorCall, sending request: (any Encodable & Sendable)? = nil
    ) async throws(ClientFailure) -> Data {
        let (status, body) = try await exchange(call, request)
        guard status == 200 else {
            let sentence = try? OperatorJSON.decode(ErrorAnswer.self, from: body).error
            throw .refused(sentence ?? "The daemon answered with HTTP status \(status) and no reason.")
        }
        return body
    }

    static func decode<Answer: Decodable>(_ type: Answer.Type, from body: Data) throws(ClientFailure) -> Answer {
        do {
            return try OperatorJSON.decode(type, from: body)
        } catch {
            throw .refused(
                "The daemon's answer is not understood; its version may differ from that of stationctl: \(error)")
        }
    }

    private func exchange(
        _ call: OperatorCall, _ request: (any Encodable & Sendable)?
    ) async throws(ClientFailure) -> (status: UInt, body: Data) {
        guard let url = URL(httpURLWithSocketPath: socketPath, uri: call.uri) else {
            throw .unreachable("\(socketPath) cannot be the path of a socket; give another one with --socket.")
        }
        do {
            var message = HTTPClientRequest(url: url.absoluteString)
            message.method = .init(rawValue: call.method)
            if let request {
                message.headers.add(name: "content-type", value: "application/json")
                message.body = .bytes(ByteBuffer(bytes: try OperatorJSON.encode(request)))
            }
            return try await Self.exchange(message)
        } catch {
            throw .unreachable(explainSilence(ofSocket: socketPath, error: "\(error)"))
        }
    }

    private static func exchange(_ message: HTTPClientRequest) async throws -> (status: UInt, body: Data) {
        var configuration = HTTPClient.Configuration()
        // A socket that nobody listens on will not begin to answer while a person waits.
        configuration.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            let response = try await client.execute(message, timeout: .seconds(timeoutSeconds))
            let body = try await response.body.collect(upTo: answerByteLimit)
            return (response.status.code, Data(body.readableBytesView))
        }
    }
}

/// Why a call brought no result.
enum ClientFailure: Error, Hashable {
    /// Nobody answered.
    case unreachable(String)
    /// The daemon answered, but did not do what was asked.
    case refused(String)

    var sentence: String {
        switch self {
        case .unreachable(let sentence), .refused(let sentence): sentence
        }
    }

    var exitCode: ExitCode {
        switch self {
        case .unreachable: Ending.unreachable
        case .refused: Ending.problemFound
        }
    }
}
