import Synchronization
import Vocabulary

/// Stands in for the clock: a test sees what is slept for and ends it. Time passes by the sleeps that were woken.
final class ManualSleep: Sendable {
    final class Sleeper: Sendable {
        let duration: Duration
        private enum State {
            case new
            case asleep(CheckedContinuation<Void, any Error>)
            case over(Result<Void, any Error>)
        }
        private let state = Mutex(State.new)
        private let whenWoken: @Sendable (Duration) -> Void

        init(_ duration: Duration, whenWoken: @escaping @Sendable (Duration) -> Void) {
            self.duration = duration
            self.whenWoken = whenWoken
        }

        func wake() {
            whenWoken(duration)
            end(.success(()))
        }

        func end(_ result: Result<Void, any Error>) {
            let continuation: CheckedContinuation<Void, any Error>? = state.withLock { state in
                defer { if case .over = state {} else { state = .over(result) } }
                guard case .asleep(let continuation) = state else { return nil }
                return continuation
            }
            continuation?.resume(with: result)
        }

        func sleep(_ continuation: CheckedContinuation<Void, any Error>) {
            let result: Result<Void, any Error>? = state.withLock { state in
                guard case .over(let result) = state else {
                    state = .asleep(continuation)
                    return nil
                }
                return result
            }
            if let result { continuation.resume(with: result) }
        }
    }

    private let sleepers = AsyncStream.makeStream(of: Sleeper.self)

    private let passed = Mutex(Instant.zero)

    var now: Instant { passed.withLock { $0 } }

    func sleep(_ duration: Duration) async throws {
        let sleeper = Sleeper(duration) { [self] woken in passed.withLock { $0 = $0 + woken } }
        sleepers.continuation.yield(sleeper)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { sleeper.sleep($0) }
        } onCancel: {
            sleeper.end(.failure(CancellationError()))
        }
    }

    /// The next sleep that begins; awaits it if there is none. One caller at a time.
    func next() async -> Sleeper {
        for await sleeper in sleepers.stream { return sleeper }
        fatalError("the stream of sleepers is never finished")
    }
}
