import Synchronization

/// Tells whoever listens that the ledger has grown. One waiting pulse is as good as many.
final class NewEntries: Sendable {
    private struct Listeners {
        var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextKey = 0
        var isFinished = false
    }

    private let listeners = Mutex(Listeners())

    /// A stream that yields once at its start, so that nothing that came before is missed, and after each growth.
    func stream() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let key = listeners.withLock { listeners -> Int? in
            guard !listeners.isFinished else { return nil }
            listeners.nextKey += 1
            listeners.continuations[listeners.nextKey] = continuation
            return listeners.nextKey
        }
        continuation.yield()
        guard let key else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.listeners.withLock { _ = $0.continuations.removeValue(forKey: key) }
        }
        return stream
    }

    func pulse() {
        for continuation in listeners.withLock({ Array($0.continuations.values) }) { continuation.yield() }
    }

    func finish() {
        let ended = listeners.withLock { listeners in
            listeners.isFinished = true
            return Array(listeners.continuations.values)
        }
        // Outside the lock: ending a stream calls its termination handler, which takes the lock.
        for continuation in ended { continuation.finish() }
    }
}
