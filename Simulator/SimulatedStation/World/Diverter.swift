import Vocabulary

/// Two flaps in series below the belt's end. Each reaches its new position some time after its coil is switched.
struct Diverter: Hashable, Sendable {
    struct Flap: Hashable, Sendable {
        /// Where it really is; while it moves: where it was.
        var isOut = false
        var isEnergised = false
        var arrives: Instant?
        var isStuck = false

        var isHome: Bool { !isOut && arrives == nil }

        mutating func set(isEnergised: Bool, at now: Instant) {
            guard isEnergised != self.isEnergised else { return }
            self.isEnergised = isEnergised
            start(at: now)
        }

        mutating func start(at now: Instant) {
            guard !isStuck else { return }
            // Switched back in mid-way it leaves its position in any case and takes the whole time again.
            arrives = isOut != isEnergised || arrives != nil ? now.advanced(by: Timing.flapMoves) : nil
        }

        mutating func proceed(to now: Instant) -> Bool {
            guard let arrives, arrives <= now else { return false }
            isOut = isEnergised
            self.arrives = nil
            return true
        }
    }

    private(set) var left = Flap()
    private(set) var right = Flap()

    /// Where an item that falls now is led to.
    var position: DiverterPosition {
        switch (left.isOut, right.isOut) {
        case (false, false): .home
        case (true, false): .left
        case (false, true): .right
        case (true, true): .both
        }
    }

    var isHome: Bool { left.isHome && right.isHome }

    var nextChange: Instant? { earliest(left.arrives, right.arrives) }

    mutating func setLeft(isEnergised: Bool, at now: Instant) { left.set(isEnergised: isEnergised, at: now) }
    mutating func setRight(isEnergised: Bool, at now: Instant) { right.set(isEnergised: isEnergised, at: now) }

    /// Flaps that are stuck stay where they are, whatever their coils do.
    mutating func setStuck(_ isStuck: Bool, at now: Instant) {
        for flap in [\Diverter.left, \Diverter.right] {
            self[keyPath: flap].isStuck = isStuck
            if isStuck {
                self[keyPath: flap].arrives = nil
            } else {
                self[keyPath: flap].start(at: now)
            }
        }
    }

    mutating func proceed(to now: Instant) -> Bool {
        let leftArrived = left.proceed(to: now)
        let rightArrived = right.proceed(to: now)
        return leftArrived || rightArrived
    }
}

/// The earlier of two times, of which either may be "never".
func earliest(_ first: Instant?, _ second: Instant?) -> Instant? {
    guard let first else { return second }
    guard let second else { return first }
    return min(first, second)
}
