import GRDB
import Logging
import Vocabulary

/// What an opened ledger goes on from: its projections are there, what the last run left open has ended, and what
/// happened to the clock in between is an entry.
struct PreparedLedger {
    private(set) var head = LedgerHead.none
    private(set) var clock = ClockState()
    private(set) var recovered = 0
    private(set) var mayHaveLeftItem = false

    init(
        _ database: DatabaseQueue, _ identity: LedgerIdentity, bootID: String, _ stamp: Stamp, _ logger: Logger
    ) throws {
        try database.immediateTransaction { db in
            if try !Projections.areCurrent(db) {
                logger.info("building the ledger's projections")
                try Projections.rebuild(db)
            }
            var appender = EntryAppender(identity: identity, bootID: bootID, head: try EntryTable.head(db))
            // The clock of another boot says nothing about this one's.
            if let last = try EntryTable.entry(appender.head.sequence, db), last.bootID == bootID {
                clock.watch = ClockWatch(after: last.stamp)
            }
            if let change = clock.watch.look(stamp) { _ = try appender.append(.clockChanged(change), stamp, db) }
            recovered = try Recovery.endOpenAcceptances(&appender, stamp, db)
            mayHaveLeftItem = try Recovery.mayHaveLeftItem(db)
            clock.owesHours = try !UntimedTable.rows(boot: bootID, limit: 1, db).isEmpty
            head = appender.head
        }
    }
}

extension LedgerEntry {
    fileprivate var stamp: Stamp {
        Stamp(instant: Instant(nanoseconds: monotonicNanoseconds), wallTime: wallTime)
    }
}
