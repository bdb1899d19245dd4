import GRDB
import Vocabulary

/// The writer's work on retention: one small portion at a time, when no record waits. Held by the writer's thread.
///
/// A portion and the mark behind it are one transaction, so a power cut leaves both or neither, and the next run goes
/// on where the mark stands.
struct RetentionWork {
    private let rule: RetentionRule
    private let period: Duration
    /// Whether readings may go that nobody has acknowledged.
    private let isAlone: Bool
    private let startedAt: Instant
    /// Nil until the first turn has read where it stood.
    private var clock: RetentionClock?
    private var nextTurn: Instant?
    /// Entries up to here have no time that can be trusted: looked at once, not in every turn.
    private var undatedSequence: Int64 = 0
    private var hasScratch = false

    /// The clock's position is written down when it has moved on by this much, or with the next portion.
    private static let clockStepMilliseconds: Int64 = 3_600_000

    /// Nil if nothing is ever pruned.
    init?(_ options: LedgerOptions, startedAt now: Instant) {
        guard let settings = options.retention else { return nil }
        rule = RetentionRule(settings: settings, portionEntries: options.retentionPortionEntries)
        period = options.retentionPeriod
        isAlone = settings.withoutCluster && !options.hasCluster
        startedAt = now
    }

    /// Prunes a portion if it is time to and there is one. Returns why that failed, if it did: it is tried again in the
    /// next turn.
    mutating func turnIfDue(
        _ database: DatabaseQueue, at now: Instant, wallTime: () -> WallTime
    ) -> LedgerError? {
        if let due = nextTurn, now < due { return nil }
        nextTurn = now.advanced(by: period)
        let before = self
        do {
            let wallTime = wallTime()
            try database.immediateTransaction { db in try turn(db, at: now, wallTime) }
            return nil
        } catch {
            // What was not committed has not happened.
            (clock, undatedSequence, hasScratch) = (before.clock, before.undatedSequence, before.hasScratch)
            return LedgerError(error, tried: "Pruning readings of the ledger \(database.path)")
        }
    }

    private mutating func turn(_ db: Database, at now: Instant, _ wallTime: WallTime) throws {
        let stored = try RetentionTable.read(db)
        var next = stored
        let time = moveClock(from: stored, to: wallTime, at: now)
        next.unixMilliseconds = clock?.unixMilliseconds
        let acknowledged = try Uplink.acknowledgedSequence(db)
        let permitted = isAlone ? try EntryTable.head(db).sequence : acknowledged
        let end = try rule.portionEnd(
            prunedSequence: stored.prunedSequence, permittedSequence: permitted,
            usedBytes: { try RetentionTable.usedBytes(db) }
        ) {
            try time.flatMap { try oldSequence(at: $0, after: stored.prunedSequence, upTo: permitted, db) }
        }
        if let end {
            try RetentionTable.prune(after: stored.prunedSequence, upTo: end, hasScratch: &hasScratch, db)
            next.prunedSequence = end
            if end > acknowledged { next.aloneSequence = max(stored.aloneSequence, end) }
        }
        if end != nil || Self.hasMoved(from: stored.unixMilliseconds, to: next.unixMilliseconds) { try next.write(db) }
    }

    private mutating func moveClock(from stored: RetentionTable, to wallTime: WallTime, at now: Instant) -> WallTime? {
        var moving = clock ?? RetentionClock(unixMilliseconds: stored.unixMilliseconds, startedAt: startedAt)
        defer { clock = moving }
        return moving.move(to: wallTime, at: now)
    }

    private static func hasMoved(from stored: Int64?, to next: Int64?) -> Bool {
        guard let next, let stored else { return next != nil }
        let step = next &- stored
        return step < 0 || step >= clockStepMilliseconds
    }

    /// Looks at one portion of entries at most.
    private mutating func oldSequence(
        at time: WallTime, after prunedSequence: Int64, upTo permitted: Int64, _ db: Database
    ) throws -> Int64? {
        let candidates = try RetentionTable.candidates(
            after: max(prunedSequence, undatedSequence), upTo: permitted, limit: rule.portionEntries, db)
        let finding = rule.ages(of: candidates, at: time)
        undatedSequence = finding.undatedSequence ?? undatedSequence
        return finding.oldSequence
    }
}
