import Vocabulary

/// How far raw readings may be pruned now. Pure: what the ledger holds and what time it is are arguments.
struct RetentionRule: Hashable, Sendable {
    /// An entry, as far as its age is concerned.
    struct Candidate: Hashable, Sendable {
        var sequence: Int64
        var wallTime: WallTime
    }

    /// What the times of some entries in a row say.
    struct AgeFinding: Hashable, Sendable {
        /// Everything up to this entry is old enough; nil: none of them is known to be.
        var oldSequence: Int64?
        /// Up to this entry none has a time that can be trusted; nil: the first one has.
        var undatedSequence: Int64?
    }

    let settings: RetentionSettings
    /// At most so many entries are gone through at a time.
    let portionEntries: Int64

    /// Where the next portion ends; nil if nothing is to be pruned.
    /// - Parameters:
    ///   - prunedSequence: up to here it is done.
    ///   - permittedSequence: beyond this one nothing may be pruned, whatever age or size.
    ///   - usedBytes: of the file's pages, without those that are free for use again.
    ///   - oldSequence: everything up to here is old enough.
    func portionEnd(
        prunedSequence: Int64, permittedSequence: Int64, usedBytes: () throws -> Int64, oldSequence: () throws -> Int64?
    ) rethrows -> Int64? {
        guard prunedSequence < permittedSequence else { return nil }
        let wanted = try usedBytes() > settings.sizeBytes ? permittedSequence : try oldSequence()
        guard let wanted else { return nil }
        let end = min(wanted, permittedSequence, prunedSequence + portionEntries)
        return end > prunedSequence ? end : nil
    }

    /// Goes through entries in their order up to the first that is not old enough by a time that was trusted. Entries
    /// without such a time are as old as a dated one that comes after them; what follows the last dated one is kept.
    ///
    /// An entry that a clock running years late has stamped is not reached before those in front of it are old.
    func ages(of candidates: [Candidate], at now: WallTime) -> AgeFinding {
        var finding = AgeFinding()
        for candidate in candidates {
            if candidate.wallTime.isTrusted {
                // Wrapping: a damaged file may hold any number, and what comes out as negative is kept.
                let age = now.unixMilliseconds &- candidate.wallTime.unixMilliseconds
                guard age >= settings.age.inMilliseconds else { break }
                finding.oldSequence = candidate.sequence
            } else if finding.oldSequence == nil {
                finding.undatedSequence = candidate.sequence
            }
        }
        return finding
    }
}

/// The time that ages are measured against: the wall clock's, but never moving on faster than `rate` times the time
/// that the station runs. So a clock that steps years ahead makes nothing old, and one that comes back is followed at
/// once; time that passed while the station was off is caught up on.
struct RetentionClock: Hashable, Sendable {
    /// Twelve hours of wrong time are four days of age at most: days in which somebody sees it, at 90 days of keeping.
    static let rate: Int64 = 8

    /// Nil until a time was trusted for the first time in this ledger's life.
    private(set) var unixMilliseconds: Int64?
    private var lastMove: Instant

    /// - Parameter unixMilliseconds: what the ledger remembers of the last run.
    init(unixMilliseconds: Int64?, startedAt now: Instant) {
        self.unixMilliseconds = unixMilliseconds
        lastMove = now
    }

    /// The time to measure ages against; nil if the wall clock cannot be trusted.
    mutating func move(to wallTime: WallTime, at now: Instant) -> WallTime? {
        guard wallTime.isTrusted else { return nil }
        let running = (now - lastMove).inMilliseconds
        let last = min(unixMilliseconds ?? wallTime.unixMilliseconds, wallTime.unixMilliseconds)
        let moved = min(wallTime.unixMilliseconds, last + Self.rate * max(0, running))
        (unixMilliseconds, lastMove) = (moved, now)
        return WallTime(unixMilliseconds: moved, isTrusted: true)
    }
}
