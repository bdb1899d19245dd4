import ClusterAPI
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Vocabulary

/// What stations send. Limits come before the store is written to: nothing is written for what is refused.
extension ClusterHandlers {
    func report(_ request: Request, station name: String) async throws -> Response {
        guard let station = StationID(rawValue: name) else {
            return try Self.refuse(.badRequest, "\"\(name.prefix(64))\" is no permitted station name.")
        }
        guard let body = try await Self.body(of: request, limit: ClusterProtocol.reportBodyLimit) else {
            return try Self.refuse(
                .contentTooLarge, "A report has at most \(ClusterProtocol.reportBodyLimit) bytes.")
        }
        let signature = request.headers[Self.signatureHeader] ?? ""
        let enrolment = try await backend.enrolment(of: station)
        switch ReportAdmission(body: body, signature: signature, station: station, enrolment: enrolment) {
        case .refused(let answer):
            return try tooMany(Self.payer(of: answer, station)) ?? Self.answer(answer)
        case .admitted(let report):
            if let busy = try tooMany(.station(station)) { return busy }
            return try Self.answer(
                try await backend.accept(report, body: body, signature: signature, at: unixSeconds()))
        }
    }

    /// Only what a station has signed itself is at its own expense: nobody else can use up what it may send.
    private static func payer(of answer: ReportAnswer, _ station: StationID) -> RateLimiter.Subject {
        switch answer.status {
        case .notEnrolled, .badSignature: .strangers
        case .malformed, .held, .gap, .fork, .busy: .station(station)
        }
    }

    private func tooMany(_ subject: RateLimiter.Subject) throws -> Response? {
        guard let seconds = limiter.secondsToWait(subject, at: now()) else { return nil }
        return try jsonResponse(
            .tooManyRequests,
            ReportAnswer(
                status: .busy, watermark: 0,
                message: Self.busySentence("reports", seconds)),
            headers: [.retryAfter: String(seconds)])
    }

    private static func refuse(_ status: HTTPResponse.Status, _ message: String) throws -> Response {
        try jsonResponse(status, ReportAnswer(status: .malformed, watermark: 0, message: message))
    }

    private static func answer(_ answer: ReportAnswer) throws -> Response {
        try jsonResponse(HTTPResponse.Status(code: answer.status.httpStatus), answer)
    }
}
