import ClusterAPI
import FoundationEssentials
import Hummingbird
import Logging
import SparingLog
import Vocabulary

/// The HTTP interface of `ClusterProtocol` over a store.
public enum ClusterRoutes {
    /// Sent with every 503, in seconds.
    static let retryAfterSeconds = 30

    /// All routes; what the store throws is answered with 503 and logged once.
    /// - Parameters:
    ///   - now: monotonic; for the limits of the log and of requests.
    ///   - unixSeconds: since 1970; kept with what is received.
    public static func router(
        backend: any ClusterBackend, limits: RateLimits = RateLimits(), logger: Logger,
        now: @escaping @Sendable () -> Instant, unixSeconds: @escaping @Sendable () -> Int64
    ) -> Router<BasicRequestContext> {
        let handlers = ClusterHandlers(
            backend: backend, limiter: RateLimiter(limits), now: now, unixSeconds: unixSeconds)
        let router = Router()
        router.add(middleware: StoreFailureMiddleware(log: SharedSparingLogger(logger, now: now)))
        router.get("/healthz") { _, _ in try await handlers.health() }
        router.post("/v1/enrolments") { request, _ in try await handlers.enrol(request) }
        router.post("/v1/stations/{station}/reports") { request, context in
            try await handlers.report(request, station: try context.parameters.require("station"))
        }
        router.post("/v1/stations/{station}/key") { request, context in
            try await handlers.exchangeKey(request, station: try context.parameters.require("station"))
        }
        router.get("/v1/stations") { _, _ in
            try await handlers.asked { try jsonResponse(.ok, try await backend.stations()) }
        }
        router.get("/v1/forks") { request, _ in
            try await handlers.asked { try await handlers.forks(request.uri.queryParameters) }
        }
        router.get("/v1/totals") { request, _ in
            try await handlers.asked { try await handlers.totals(request.uri.queryParameters) }
        }
        router.get("/v1/objectives/plastic-material-reuse") { request, _ in
            try await handlers.asked { try await handlers.objective(request.uri.queryParameters) }
        }
        return router
    }
}

func jsonResponse(
    _ status: HTTPResponse.Status, _ value: some Encodable, headers: HTTPFields = [:]
) throws -> Response {
    var headers = headers
    headers[.contentType] = "application/json"
    return Response(
        status: status, headers: headers,
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: try CanonicalJSON.encode(value))))
}

func textResponse(_ status: HTTPResponse.Status, _ sentence: String, headers: HTTPFields = [:]) -> Response {
    var headers = headers
    headers[.contentType] = "text/plain; charset=utf-8"
    return Response(
        status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: sentence + "\n")))
}
