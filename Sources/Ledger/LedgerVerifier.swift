import FoundationEssentials
import GRDB
import Vocabulary

/// What a verification found.
public struct LedgerVerification: Hashable, Sendable {
    public var identity: LedgerIdentity
    public var entries: Int64 = 0
    /// As far as the entries reach, whether they are whole or not.
    public var head = LedgerHead.none
    public var acknowledgedSequence: Int64 = 0
    public var acceptances: Int64 = 0
    public var outcomes: Int64 = 0
    public var refusals: Int64 = 0
    /// Of items, by people, and of hours.
    public var corrections: Int64 = 0
    /// Acceptances without an outcome: the one under way while the daemon works, and one more if the disk has refused
    /// its outcome, which is tried again; none after it has started.
    public var openAcceptances: [Int64] = []
    /// Entries whose raw readings were removed by retention.
    public var prunedReadings: Int64 = 0
    /// All of them, those that `problems` leaves out as well.
    public var problemCount: Int64 = 0
    /// Sentences that name the sequence number; the first 20.
    public var problems: [String] = []

    public var isWhole: Bool { problemCount == 0 }

    init(identity: LedgerIdentity) { self.identity = identity }

    mutating func report(_ problem: String) {
        problemCount += 1
        if problems.count < LedgerLimits.problems { problems.append(problem) }
    }
}

/// Proves that a ledger is what was written: every hash, every link, every number, every reading that is kept, one
/// outcome for each acceptance, and projections that say what the entries say.
///
/// Reads one snapshot, in bounded memory, on a connection that cannot write; the daemon may go on meanwhile. It takes
/// the file's word for where the chain ends: compare `head` with what the cluster holds.
public struct LedgerVerifier: Sendable {
    private let place: LedgerPlace

    public init(directory: String) { place = LedgerPlace(directory: directory) }

    package init(directory: String, storage: any LedgerStorage) {
        place = LedgerPlace(directory: directory, storage: storage)
    }

    /// Throws if the file cannot be read as a ledger at all. Blocks for as long as it takes to read the file; call it
    /// on a thread that may wait.
    public func verify() throws(LedgerError) -> LedgerVerification {
        let database = try LedgerFile.openForReading(place)
        do {
            return try database.read { db in
                try LedgerFile.checkFormat(db, place: place)
                var walk = VerificationWalk(
                    identity: try EntryTable.identity(db), acknowledgedSequence: try Uplink.acknowledgedSequence(db),
                    prunableSequence: try RetentionTable.mayBePruned(db))
                return try walk.verify(db)
            }
        } catch {
            throw LedgerError(error, tried: "Verifying the ledger \(place.database)")
        }
    }
}

/// One walk over all entries. The projections are folded again into temporary tables, on disk, and compared by SQLite.
private struct VerificationWalk {
    private var result: LedgerVerification
    private var chain: ChainCheck
    private var open: Set<Int64> = []
    private var overlooksOpen = false
    private let prunableSequence: Int64

    init(identity: LedgerIdentity, acknowledgedSequence: Int64, prunableSequence: Int64) {
        self.prunableSequence = prunableSequence
        result = LedgerVerification(identity: identity)
        result.acknowledgedSequence = acknowledgedSequence
        chain = ChainCheck(identity: identity, after: .none)
    }

    mutating func verify(_ db: Database) throws -> LedgerVerification {
        try db.execute(sql: LedgerSchema.projectionSQL(temporary: true))
        try EntryTable.visit(after: 0, withReadings: true, db) { entry, readings in
            try check(entry, readings, db)
            return true
        }
        result.head = chain.head
        result.openAcceptances = open.sorted()
        if result.acknowledgedSequence > result.head.sequence {
            result.report(
                "The cluster has acknowledged entry \(result.acknowledgedSequence), but the last one is "
                    + "\(result.head.sequence).")
        }
        for table in LedgerSchema.projectionTables { try compare(table, db) }
        return result
    }

    private mutating func check(_ entry: LedgerEntry, _ readings: Data?, _ db: Database) throws {
        result.entries += 1
        for problem in chain.problems(of: entry) { result.report(problem) }
        if let problem = ChainCheck.problem(ofReadings: readings, in: entry, prunableSequence: prunableSequence) {
            result.report(problem)
        } else if readings == nil && !entry.readingsDigest.isEmpty {
            result.prunedReadings += 1
        }
        let record: LedgerRecord
        do throws(LedgerError) {
            record = try entry.record()
        } catch {
            result.report(error.message)
            return
        }
        count(record, in: entry)
        try checkCorrection(record, in: entry, db)
        try Projections.add(record, of: entry, db)
    }

    private mutating func count(_ record: LedgerRecord, in entry: LedgerEntry) {
        switch record {
        case .accepted:
            result.acceptances += 1
            overlooksOpen = overlooksOpen || open.count >= LedgerLimits.openAcceptances
            if !overlooksOpen { open.insert(entry.sequence) }
        case .ended(let ended):
            result.outcomes += 1
            if open.remove(ended.acceptedSequence) == nil && !overlooksOpen {
                result.report(
                    "Entry \(entry.sequence) ends entry \(ended.acceptedSequence), which is not an open acceptance.")
            }
        case .refused:
            result.refusals += 1
        case .corrected, .hoursCorrected:
            result.corrections += 1
        case .started, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged:
            break
        }
    }

    /// Against what the entries before it count.
    private mutating func checkCorrection(_ record: LedgerRecord, in entry: LedgerEntry, _ db: Database) throws {
        let problem: String? =
            switch record {
            case .corrected(let correction): try Corrections.problem(correction, db)
            case .hoursCorrected(let hours): try HoursCorrection.problem(hours, in: entry, db)
            case .started, .accepted, .ended, .refused, .modeChanged, .faultRaised, .faultCleared, .commanded,
                .stopped, .clockChanged:
                nil
            }
        if let problem { result.report("Entry \(entry.sequence) \(problem).") }
    }

    /// Rows that only one of the two sides holds.
    private mutating func compare(_ table: String, _ db: Database) throws {
        guard try Projections.areCurrent(db) else {
            result.report("The table `\(table)` is missing or outdated; it is rebuilt at the daemon's next start.")
            return
        }
        let differing = try Int64.fetchOne(
            db,
            sql: """
                SELECT (SELECT count(*) FROM (SELECT * FROM main.\(table) EXCEPT SELECT * FROM temp.\(table)))
                + (SELECT count(*) FROM (SELECT * FROM temp.\(table) EXCEPT SELECT * FROM main.\(table)))
                """)
        guard let differing, differing > 0 else { return }
        let first = try Int64.fetchOne(
            db,
            sql: """
                SELECT min(\(table == "totals" ? "unix_hour" : "sequence")) FROM (
                SELECT * FROM (SELECT * FROM main.\(table) EXCEPT SELECT * FROM temp.\(table))
                UNION ALL SELECT * FROM (SELECT * FROM temp.\(table) EXCEPT SELECT * FROM main.\(table)))
                """)
        let place = table == "totals" ? "the hour \(first ?? 0)" : "entry \(first ?? 0)"
        result.report(
            "The table `\(table)` does not say what the entries say: \(differing) rows differ, the first of \(place). "
                + "Rebuild the projections.")
    }
}
