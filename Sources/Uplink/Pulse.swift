import Synchronization

/// Remembers that something happened until one waiter has taken it; repeats in between are one.
final class Pulse: Sendable {
    private struct State {
        var isGiven = false
        var waiter: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    func give() {
        let waiter = state.withLock { state in
            guard let waiter = state.waiter else {
                state.isGiven = true
                return nil as CheckedContinuation<Void, Never>?
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }

    /// Returns when the pulse was given, or when the task is cancelled. One waiter at a time.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mayGoOn = state.withLock { state in
                    // A cancellation before this line is seen here, one after it finds the waiter.
                    guard !state.isGiven, !Task.isCancelled else {
                        state.isGiven = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if mayGoOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }?.resume()
        }
    }
}
