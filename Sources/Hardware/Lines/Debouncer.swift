import Vocabulary

/// Decides when a line's level is believed. Edges are hints only: after a line has been quiet for the debounce time its
/// level is read again, and only a level that agrees with the last edge is believed. So neither bouncing nor an
/// overflown event buffer leaves a wrong level behind.
struct Debouncer: Hashable, Sendable {
    private enum State: Hashable {
        case steady
        /// The line moved to `level` last at `since`.
        case settling(level: Bool, since: Instant)
    }

    let debounce: Duration
    /// The level that is believed.
    private(set) var level: Bool
    private var state = State.steady

    /// - Parameter level: read when the line was requested; believed at once, as nothing is known before it.
    init(debounce: Duration, level: Bool) {
        self.debounce = debounce
        self.level = level
    }

    /// When the level must be read again; nil while the line is quiet.
    var deadline: Instant? {
        switch state {
        case .steady: nil
        case .settling(level: _, let since): since + debounce
        }
    }

    /// Takes an edge in.
    mutating func edgeSeen(to level: Bool, at now: Instant) {
        state = .settling(level: level, since: now)
    }

    /// Takes in the level that was read at or after the deadline.
    /// - Returns: the new level if it is believed and differs from the former one.
    mutating func levelRead(_ read: Bool, at now: Instant) -> Bool? {
        guard case .settling(let hinted, let since) = state, since + debounce <= now else { return nil }
        guard read == hinted else {
            // An edge was lost: nobody knows for how long this level has stood.
            state = .settling(level: read, since: now)
            return nil
        }
        state = .steady
        guard read != level else { return nil }
        level = read
        return read
    }
}
