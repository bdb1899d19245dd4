import Station
import StationPorts
import Synchronization
import Testing
import Vocabulary

@testable import Hardware

/// A clock that only the test moves.
final class MovedClock: MonotonicClock {
    private let instant = Mutex(Instant.zero)
    var now: Instant { instant.withLock { $0 } }

    func advance(by duration: Duration) { instant.withLock { $0 = $0 + duration } }
}

/// Lets a test await the events it expects.
final class EventLog: EventSink {
    private let stream: AsyncStream<StationEvent>
    private let continuation: AsyncStream<StationEvent>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func post(_ event: StationEvent) { continuation.yield(event) }

    /// The next event that `pick` makes something of; those before it are passed over.
    @discardableResult
    func first<Picked>(_ pick: (StationEvent) -> Picked?) async throws -> Picked {
        for await event in stream {
            if let picked = pick(event) { return picked }
        }
        throw CancellationError()
    }

    func first(_ expected: StationEvent) async throws {
        let _: Bool = try await first { $0 == expected ? true : nil }
    }
}

extension Instant {
    static func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }
}
