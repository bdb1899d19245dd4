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
    /// - Parameter now: monotonic; for the limit of the log.
    public static func router(
        backend: any ClusterBackend, logger: Logger, now: @escaping @Sendable () -> Instant
    ) -> Router<BasicRequestContext> {
        let handlers = ClusterHandlers(backend: backend)
        let router = Router()
        router.add(middleware: StoreFailureMiddleware(log: SharedSparingLogger(logger, now: now)))
        router.get("/healthz") { _, _ in try await handlers.health() }
        router.post("/v1/enrolments") { request, _ in try await handlers.enrol(request) }
        router.post("/v1/stations/{station}/reports") { request, context in
            try await handlers.report(request, station: try context.parameters.require("station"))
        }
        router.get("/v1/stations") { _, _ in try jsonResponse(.ok, try await backend.stations()) }
        router.get("/v1/totals") { request, _ in try await handlers.totals(request.uri.queryParameters) }
        router.get("/v1/objectives/plastic-material-reuse") { request, _ in
            try await handlers.objective(request.uri.queryParameters)
        }
        return router
    }
}

func jsonResponse(_ status: HTTPResponse.Status, _ value: some Encodable) throws -> Response {
    Response(
        status: status, headers: [.contentType: "application/json"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: try CanonicalJSON.encode(value))))
}

func textResponse(_ status: HTTPResponse.Status, _ sentence: String, headers: HTTPFields = [:]) -> Response {
    var headers = headers
    headers[.contentType] = "text/plain; charset=utf-8"
    return Response(
        status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: sentence + "\n")))
}
