import ClusterAPI
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Vocabulary

/// One function per call. What a caller did wrong is answered here; what the store did wrong is thrown.
struct ClusterHandlers: Sendable {
    let backend: any ClusterBackend

    func health() async throws -> Response {
        try await backend.checkHealth()
        return textResponse(.ok, "ok")
    }

    func enrol(_ request: Request) async throws -> Response {
        guard let body = try await Self.body(of: request, limit: ClusterProtocol.enrolmentBodyLimit) else {
            return textResponse(
                .contentTooLarge, "An enrolment has at most \(ClusterProtocol.enrolmentBodyLimit) bytes.")
        }
        guard let enrolment = try? CanonicalJSON.decode(EnrolmentRequest.self, from: body) else {
            return textResponse(.badRequest, "The body is no enrolment: expected JSON with station and publicKey.")
        }
        switch try await backend.enrol(enrolment) {
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
        case .refused(let answer, status: _):
            return try Self.answer(answer)
        case .admitted(let report):
            return try Self.answer(try await backend.accept(report, body: body, signature: signature))
        }
    }

    func totals(_ parameters: Parameters) async throws -> Response {
        var query = TotalsQuery()
        if let name = parameters["station"] {
            guard let station = StationID(rawValue: String(name)) else {
                return textResponse(.badRequest, "station is \"\(name.prefix(64))\", which is no permitted name.")
            }
            query.station = station
        }
        for (name, path) in [("from", \TotalsQuery.firstUnixHour), ("to", \TotalsQuery.lastUnixHour)] {
            guard let text = parameters[name[...]] else { continue }
            guard let hour = Int64(text) else {
                return textResponse(
                    .badRequest, "\(name) is \"\(text.prefix(64))\", expected whole hours since 1970-01-01T00:00Z.")
            }
            query[keyPath: path] = hour
        }
        switch try await backend.totals(query) {
        case .totals(let totals):
            return try jsonResponse(.ok, totals)
        case .tooMany(let limit):
            return textResponse(
                .badRequest, "More than \(limit) totals fit: ask for fewer hours with from=HOUR and to=HOUR.")
        }
    }

    func objective(_ parameters: Parameters) async throws -> Response {
        guard let text = parameters["year"], let year = Int(text), Self.years.contains(year) else {
            return textResponse(
                .badRequest,
                "year is needed, as a number from \(Self.years.lowerBound) to \(Self.years.upperBound).")
        }
        return try jsonResponse(.ok, try await backend.objective(year: year))
    }

    static let years = 1970...9999
    private static let signatureHeader = HTTPField.Name(ClusterProtocol.signatureHeader)!

    /// Nil if the body is larger than `limit`.
    private static func body(of request: Request, limit: Int) async throws -> Data? {
        do {
            return Data(try await request.body.collect(upTo: limit).readableBytesView)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            return nil
        }
    }

    private static func refuse(_ status: HTTPResponse.Status, _ message: String) throws -> Response {
        try jsonResponse(status, ReportAnswer(status: .malformed, watermark: 0, message: message))
    }

    private static func answer(_ answer: ReportAnswer) throws -> Response {
        try jsonResponse(HTTPResponse.Status(code: answer.status.httpStatus), answer)
    }
}
