import ClusterAPI
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Vocabulary

/// One function per call. What a caller did wrong is answered here; what the store did wrong is thrown.
struct ClusterHandlers: Sendable {
    let backend: any ClusterBackend
    let limiter: RateLimiter
    /// Monotonic.
    let now: @Sendable () -> Instant
    /// Since 1970.
    let unixSeconds: @Sendable () -> Int64

    func health() async throws -> Response {
        try await backend.checkHealth()
        return textResponse(.ok, "ok")
    }

    /// Those of one station whole, of all in short.
    func forks(_ parameters: Parameters) async throws -> Response {
        guard let name = parameters["station"] else { return try jsonResponse(.ok, try await backend.forks()) }
        guard let station = StationID(rawValue: String(name)) else {
            return Self.noStation(name)
        }
        return try jsonResponse(.ok, try await backend.forks(of: station))
    }

    func totals(_ parameters: Parameters) async throws -> Response {
        var query = TotalsQuery()
        if let name = parameters["station"] {
            guard let station = StationID(rawValue: String(name)) else { return Self.noStation(name) }
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

    /// A question is answered within its limit.
    func asked(_ answer: () async throws -> Response) async throws -> Response {
        if let busy = busy(.questions) { return busy }
        return try await answer()
    }

    /// Nil: go on.
    func busy(_ subject: RateLimiter.Subject) -> Response? {
        limiter.secondsToWait(subject, at: now()).map { seconds in
            textResponse(
                .tooManyRequests, Self.busySentence("requests", seconds), headers: [.retryAfter: String(seconds)])
        }
    }

    static func busySentence(_ what: String, _ seconds: Int64) -> String {
        "More \(what) came than the cluster takes; nothing of this one was looked at. Try again in \(seconds) s."
    }

    private static func noStation(_ name: Substring) -> Response {
        textResponse(.badRequest, "station is \"\(name.prefix(64))\", which is no permitted name.")
    }

    static let years = 1970...9999
    static let signatureHeader = HTTPField.Name(ClusterProtocol.signatureHeader)!

    /// Nil if the body is larger than `limit`.
    static func body(of request: Request, limit: Int) async throws -> Data? {
        do {
            return Data(try await request.body.collect(upTo: limit).readableBytesView)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            return nil
        }
    }
}
