import FoundationEssentials
import Hummingbird
import HummingbirdCore
import OperatorAPI
import SparingLog

/// Turns a request into a call of the backend, and what came of it into a response.
struct OperatorResponder: Sendable {
    let backend: any OperatorBackend
    /// For what every call may repeat while the daemon is in trouble.
    let log: SharedSparingLogger

    func respond(to request: Request) async -> Response {
        log.tellLeftOut()
        do {
            let call = try OperatorCall(method: request.method.rawValue, uri: request.head.path ?? "")
            return Self.response(status: .ok, body: try await answer(call, request))
        } catch let failure as OperatorFailure {
            return Self.response(to: failure)
        } catch {
            // The daemon's own trouble is for its log as well; what the caller did wrong is not.
            log.log(
                .error, about: "operators' calls", "The operator's call \(request.head.path ?? "") failed: \(error)")
            return Self.response(to: OperatorFailure(status: 500, "The daemon could not answer: \(error)"))
        }
    }

    private func answer(_ call: OperatorCall, _ request: Request) async throws -> Data {
        switch call {
        case .status: try await OperatorJSON.encode(backend.status())
        case .returns(let limit): try await OperatorJSON.encode(backend.returns(limit: limit))
        case .explain(let sequence): try await OperatorJSON.encode(backend.explain(sequence: sequence))
        case .totals: try await OperatorJSON.encode(backend.totals())
        case .faults: try await OperatorJSON.encode(backend.faults())
        case .readings: try await OperatorJSON.encode(backend.readings())
        case .key: try await OperatorJSON.encode(backend.key())
        case .keyExchange:
            try await OperatorJSON.encode(backend.exchangeKey(read(KeyExchangeCommand.self, "command", request)))
        case .command: try await OperatorJSON.encode(backend.command(read(CommandRequest.self, "command", request)))
        case .correction:
            try await OperatorJSON.encode(backend.correct(read(CorrectionRequest.self, "correction", request)))
        }
    }

    private func read<Body: Decodable>(_ type: Body.Type, _ name: String, _ request: Request) async throws -> Body {
        var body = Data()
        for try await part in request.body {
            guard body.count + part.readableBytes <= OperatorProtocol.commandBodyLimit else {
                throw OperatorFailure(
                    status: 413, "A \(name) has at most \(OperatorProtocol.commandBodyLimit) bytes; this one has more.")
            }
            body.append(contentsOf: part.readableBytesView)
        }
        do {
            return try OperatorJSON.decode(type, from: body)
        } catch {
            throw OperatorFailure(status: 400, "The body is no \(name) in JSON: \(String(describing: error))")
        }
    }

    private static func response(to failure: OperatorFailure) -> Response {
        let body = (try? OperatorJSON.encode(ErrorAnswer(error: failure.sentence))) ?? Data()
        return response(status: HTTPResponse.Status(code: failure.status), body: body)
    }

    private static func response(status: HTTPResponse.Status, body: Data) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
