import Vocabulary

/// Decides when a line's level is believed. Edges are hints only: after a line has been quiet for the debounce time its
/// level is read again, and only a level that agrees with the last edge is believed. So neither bouncing nor an
/// overflown event buffer leaves a wrong level behind. A line that does not become quiet is noticed. Only a level that
/// is over cannot be read any more: the kernel's times of the edges around it count then.
struct Debouncer: Sendable {
    /// A line that has not been quiet for its debounce time since so long is of no use to anybody. Twice what the worst
    /// door switch needs.
    static let chatterLimit: Duration = .seconds(2)
    /// Slow lines get at least so many debounce times.
    static let chatterDebounces = 4

    /// What came of a look at the line.
    enum Finding: Hashable, Sendable {
        case level(Bool)
        /// Its level is not known, and will not be before it is quiet.
        case chattering
        /// It chattered and has settled at this level.
        case quiet(Bool)
    }

    private struct Unrest: Hashable {
        /// Where the last edge led.
        var hint: Bool
        var quietAt: Instant
        /// When it must have been quiet.
        var limit: Instant
        var edges: Int64
    }

    private let debounceNanoseconds: Int64
    private let limitNanoseconds: Int64
    /// The level that is believed.
    private(set) var level: Bool
    private(set) var isChattering = false
    private(set) var counters: LineCounters
    /// Nil while the line is quiet.
    private var unrest: Unrest?
    /// Nil before the first edge, and when edges may have been dropped since.
    private var lastEdge: (isActive: Bool, at: Instant)?

    /// - Parameter level: read when the line was requested; believed at once, as nothing is known before it.
    init(debounce: Duration, level: Bool, counters: LineCounters = LineCounters()) {
        debounceNanoseconds = debounce.inNanoseconds
        limitNanoseconds = max(Self.chatterLimit, debounce * Self.chatterDebounces).inNanoseconds
        self.level = level
        self.counters = counters
    }

    /// When the line must be looked at again; nil while it is quiet.
    var deadline: Instant? {
        guard let unrest else { return nil }
        return isChattering ? unrest.quietAt : min(unrest.quietAt, unrest.limit)
    }

    /// Whether the line has been quiet for its debounce time, so that its level is to be read.
    func hasSettled(at now: Instant) -> Bool { unrest.map { $0.quietAt <= now } ?? false }

    /// Takes an edge in.
    /// - Parameter lost: edges that are known to have been dropped right before it.
    /// - Returns: a level that is over but was held long enough, and that nobody had the time to read.
    mutating func edgeSeen(to level: Bool, at time: Instant, lost: Int64 = 0) -> Finding? {
        counters.edges += 1
        // Two edges of the same direction: there was one in between.
        counters.lost += lost == 0 && lastEdge?.isActive == level ? 1 : lost
        let held = levelHeld(until: time, leftFor: level, lost: lost)
        if let held {
            counters.bounces += max(0, (unrest?.edges ?? 0) - 1)
            unrest = nil
            self.level = held
        }
        lastEdge = (level, time)
        move(to: level, at: time, edges: 1)
        return held.map(Finding.level)
    }

    /// Two edges that follow each other say by their times what the line was between them, as surely as reading it.
    /// So an item that falls through a beam while the machine stands still is seen.
    private func levelHeld(until time: Instant, leftFor level: Bool, lost: Int64) -> Bool? {
        guard debounceNanoseconds > 0, !isChattering, lost == 0, let lastEdge, lastEdge.isActive != level,
            lastEdge.isActive != self.level, time.nanoseconds - lastEdge.at.nanoseconds >= debounceNanoseconds
        else { return nil }
        return lastEdge.isActive
    }

    /// Takes in the level that was read because edges may be missing: nobody knows for how long it has stood.
    mutating func edgesMissed(levelIsNow read: Bool, at now: Instant) {
        lastEdge = nil
        if read != unrest?.hint ?? level {
            counters.recoveries += 1
        } else if unrest == nil {
            return
        }
        move(to: read, at: now, edges: 0)
    }

    /// Takes in the level that was read once the line had settled.
    /// - Returns: what is new; nil if that is nothing.
    mutating func levelRead(_ read: Bool, at now: Instant) -> Finding? {
        guard let unrest, unrest.quietAt <= now else { return nil }
        if read != unrest.hint {
            counters.recoveries += 1
            // An edge was lost: nobody knows for how long this level has stood. Without debounce that does not matter.
            guard debounceNanoseconds == 0 else {
                move(to: read, at: now, edges: 0)
                return nil
            }
        }
        let isNews = read != level
        counters.bounces += isNews ? max(0, unrest.edges - 1) : unrest.edges
        self.unrest = nil
        level = read
        guard isChattering else { return isNews ? .level(read) : nil }
        isChattering = false
        return .quiet(read)
    }

    /// Notices that the line has been restless for too long.
    mutating func limitReached(at now: Instant) -> Finding? {
        guard let unrest, !isChattering, unrest.limit <= now else { return nil }
        isChattering = true
        return .chattering
    }

    private mutating func move(to level: Bool, at time: Instant, edges: Int64) {
        let quietAt = Instant(nanoseconds: time.nanoseconds + debounceNanoseconds)
        guard unrest != nil else {
            unrest = Unrest(
                hint: level, quietAt: quietAt, limit: Instant(nanoseconds: time.nanoseconds + limitNanoseconds),
                edges: edges)
            return
        }
        unrest?.hint = level
        unrest?.quietAt = quietAt
        unrest?.edges += edges
    }
}
