import ClusterAPI
import FoundationEssentials
import Hummingbird
import Vocabulary

/// Stations that introduce themselves, and stations that change their key.
extension ClusterHandlers {
    func enrol(_ request: Request) async throws -> Response {
        if let busy = busy(.enrolments) { return busy }
        guard let body = try await Self.body(of: request, limit: ClusterProtocol.enrolmentBodyLimit) else {
            return textResponse(
                .contentTooLarge, "An enrolment has at most \(ClusterProtocol.enrolmentBodyLimit) bytes.")
        }
        guard let enrolment = try? CanonicalJSON.decode(EnrolmentRequest.self, from: body) else {
            return textResponse(.badRequest, "The body is no enrolment: expected JSON with station and publicKey.")
        }
        switch try await backend.enrol(enrolment, at: unixSeconds()) {
        case .answered(let answer):
            return try jsonResponse(.accepted, answer)
        case .malformed(let message):
            return textResponse(.badRequest, message)
        case .tooManyPending(let limit):
            return textResponse(
                .serviceUnavailable,
                "\(limit) stations wait for approval already; approve or refuse some of them first.",
                headers: [.retryAfter: String(ClusterRoutes.retryAfterSeconds)])
        }
    }

    func exchangeKey(_ request: Request, station name: String) async throws -> Response {
        if let seconds = limiter.secondsToWait(.enrolments, at: now()) {
            return try Self.answer(
                KeyExchangeAnswer(status: .busy, message: Self.busySentence("requests", seconds)),
                headers: [.retryAfter: String(seconds)])
        }
        guard let body = try await Self.body(of: request, limit: ClusterProtocol.keyExchangeBodyLimit) else {
            let answer = KeyExchangeAnswer(
                status: .malformed,
                message: "An exchange of keys has at most \(ClusterProtocol.keyExchangeBodyLimit) bytes.")
            return try jsonResponse(.contentTooLarge, answer)
        }
        guard let exchange = try? CanonicalJSON.decode(KeyExchangeRequest.self, from: body),
            exchange.station.rawValue == name
        else {
            let message =
                "The body is no exchange of keys of station \"\(name.prefix(64))\": expected JSON with station, "
                + "newPublicKey and signature."
            return try Self.answer(KeyExchangeAnswer(status: .malformed, message: message))
        }
        let signature = request.headers[Self.signatureHeader] ?? ""
        return try Self.answer(
            try await backend.exchangeKey(exchange, body: body, signature: signature, at: unixSeconds()))
    }

    private static func answer(_ answer: KeyExchangeAnswer, headers: HTTPFields = [:]) throws -> Response {
        try jsonResponse(HTTPResponse.Status(code: answer.status.httpStatus), answer, headers: headers)
    }
}
