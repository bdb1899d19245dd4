import FoundationEssentials
import GRDB
import Vocabulary

/// The projection `untimed`: entries of items that were stamped while the clock was not trusted, until an
/// `hoursCorrected` entry covers them. Those of a boot whose clock never was stay for ever.
enum UntimedTable {
    struct Row: Hashable {
        var sequence: Int64
        var monotonicNanoseconds: Int64
        /// Its row of `returns`: the acceptance, or the refusal itself.
        var passageSequence: Int64
        /// An acceptance counts nothing.
        var counts: Bool
    }

    /// Notes the entry if it is of an item and its time is not to be trusted.
    static func add(_ record: LedgerRecord, of entry: LedgerEntry, _ db: Database) throws {
        guard entry.clockTrusted == 0 else { return }
        switch record {
        case .accepted: try insert(entry, passage: entry.sequence, counts: false, db)
        case .refused: try insert(entry, passage: entry.sequence, counts: true, db)
        case .ended(let ended): try insert(entry, passage: ended.acceptedSequence, counts: true, db)
        case .started, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged, .hoursCorrected,
            .corrected:
            break
        }
    }

    private static func insert(_ entry: LedgerEntry, passage: Int64, counts: Bool, _ db: Database) throws {
        try db.run("INSERT INTO untimed VALUES (?, ?, ?, ?, ?)") { values in
            values.add(entry.bootID)
            values.add(entry.sequence)
            values.add(entry.monotonicNanoseconds)
            values.add(passage)
            values.add(counts ? 1 : 0)
        }
    }

    /// In the order of their sequence numbers.
    static func rows(
        boot: String, from first: Int64 = 0, to last: Int64 = .max, limit: Int = .max, _ db: Database
    ) throws -> [Row] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT sequence, monotonic_nanoseconds, passage_sequence, counts FROM untimed
                WHERE boot = ? AND sequence BETWEEN ? AND ? ORDER BY sequence LIMIT ?
                """)
        return try GRDB.Row.fetchAll(statement, arguments: [boot, first, last, limit]).map { row in
            Row(
                sequence: try row.value(0), monotonicNanoseconds: try row.value(1), passageSequence: try row.value(2),
                counts: try row.value(3) as Int64 == 1)
        }
    }

    static func remove(boot: String, from first: Int64, to last: Int64, _ db: Database) throws {
        try db.run("DELETE FROM untimed WHERE boot = ? AND sequence BETWEEN ? AND ?") {
            $0.add(boot)
            $0.add(first)
            $0.add(last)
        }
    }

    static func count(boot: String, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM untimed WHERE boot = ?"), arguments: [boot]) ?? 0
    }
}
