import Hummingbird
import SparingLog
import Synchronization

/// Answers 503 when the store fails, so that stations come back later, and logs when that begins and ends,
/// within the limit for what flaps.
final class StoreFailureMiddleware<Context: RequestContext>: RouterMiddleware {
    private let log: SharedSparingLogger
    private let isFailing = Mutex(false)

    init(log: SharedSparingLogger) {
        self.log = log
    }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        log.tellLeftOut()
        do {
            let response = try await next(request, context)
            note(nil)
            return response
        } catch let error as any HTTPResponseError {
            throw error
        } catch is CancellationError {
            throw HTTPError(.serviceUnavailable)
        } catch {
            note(error)
            return textResponse(
                .serviceUnavailable, "The cluster's store failed; nothing was changed. Try again later.",
                headers: [.retryAfter: String(ClusterRoutes.retryAfterSeconds)])
        }
    }

    private func note(_ error: (any Error)?) {
        let changed = isFailing.withLock { failing in
            defer { failing = error != nil }
            return failing != (error != nil)
        }
        guard changed else { return }
        if let error {
            log.log(
                .error, about: "the store",
                "The store failed: \(error). Requests are answered with 503 until it works again.")
        } else {
            log.log(.notice, about: "the store", "The store works again.")
        }
    }
}
