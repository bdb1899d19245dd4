import Station
import StationPorts
import Synchronization
import Vocabulary

/// One world with several users: its ports in virtual time, or its buses on the wire.
public final class SharedWorld: Sendable {
    private let state: Mutex<StationWorld>

    public init(_ world: StationWorld) {
        state = Mutex(world)
    }

    public func with<Result: Sendable>(_ body: (inout sending StationWorld) -> sending Result) -> sending Result {
        state.withLock(body)
    }

    /// The world as it is now.
    public var snapshot: StationWorld { state.withLock { $0 } }
}

/// A clock that only its owner moves.
public final class VirtualClock: MonotonicClock {
    private let nanoseconds: Atomic<Int64>

    public init(at now: Instant = .zero) {
        nanoseconds = Atomic(now.nanoseconds)
    }

    public var now: Instant { Instant(nanoseconds: nanoseconds.load(ordering: .relaxed)) }

    /// Moves the clock on; it never goes back.
    public func move(to time: Instant) {
        nanoseconds.store(max(time.nanoseconds, now.nanoseconds), ordering: .relaxed)
    }
}

/// Events on their way to the control loop, each with the virtual time at which it arrives.
public final class VirtualMailbox: EventSink {
    private struct Letter {
        var arrives: Instant
        var event: StationEvent
    }
    /// Latest first; among those of one time the one posted last comes first.
    private let letters = Mutex<[Letter]>([])
    private let clock: VirtualClock

    public init(clock: VirtualClock) {
        self.clock = clock
    }

    public func post(_ event: StationEvent) {
        post(event, at: clock.now)
    }

    /// Lets the event arrive at this time, after those that were posted for it before.
    public func post(_ event: StationEvent, at time: Instant) {
        letters.withLock { letters in
            let place = letters.firstIndex { $0.arrives <= time } ?? letters.endIndex
            letters.insert(Letter(arrives: time, event: event), at: place)
        }
    }

    /// Drops what is under way, as the end of a process does.
    func empty() {
        letters.withLock { $0.removeAll() }
    }

    public var nextArrival: Instant? {
        letters.withLock { $0.last?.arrives }
    }

    /// The next event that has arrived by now; nil if there is none.
    public func take(at now: Instant) -> StationEvent? {
        letters.withLock { letters in
            guard let next = letters.last, next.arrives <= now else { return nil }
            letters.removeLast()
            return next.event
        }
    }
}
