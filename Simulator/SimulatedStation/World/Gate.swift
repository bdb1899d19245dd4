import Vocabulary

/// The gate in the mouth. It takes its time, and a guard on its edge keeps it from shutting on what is in the mouth.
struct Gate: Hashable, Sendable {
    enum State: Hashable, Sendable {
        case shut
        case opening(until: Instant)
        case open
        case shutting(until: Instant)
    }
    private(set) var state = State.shut

    /// People can reach through.
    var isOpen: Bool {
        switch state {
        case .open: true
        case .shut, .opening, .shutting: false
        }
    }

    /// Something on the belt is stopped by it.
    var isShut: Bool {
        switch state {
        case .shut: true
        case .opening, .open, .shutting: false
        }
    }

    var nextChange: Instant? {
        switch state {
        case .shut, .open: nil
        case .opening(let until), .shutting(let until): until
        }
    }

    mutating func set(isEnergised: Bool, at now: Instant) {
        switch (state, isEnergised) {
        case (.shut, true), (.shutting, true): state = .opening(until: now.advanced(by: Timing.gateMoves))
        case (.open, false), (.opening, false): state = .shutting(until: now.advanced(by: Timing.gateMoves))
        case (.shut, false), (.shutting, false), (.open, true), (.opening, true): break
        }
    }

    /// Returns whether anything changed.
    mutating func proceed(to now: Instant, mouthIsFree: Bool) -> Bool {
        switch state {
        case .opening(let until) where until <= now:
            state = .open
            return true
        case .shutting(let until) where !mouthIsFree && until <= now:
            // The guard gives way and the gate tries again.
            state = .shutting(until: now.advanced(by: Timing.gateMoves))
            return true
        case .shutting(let until) where until <= now:
            state = .shut
            return true
        case .shut, .open, .opening, .shutting:
            return false
        }
    }
}
