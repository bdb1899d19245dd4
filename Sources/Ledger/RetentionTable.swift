import GRDB
import OperatorAPI
import Vocabulary

/// What the ledger remembers of retention, and the pruning itself.
struct RetentionTable: Hashable, Sendable {
    /// Up to this entry all readings have been pruned.
    var prunedSequence: Int64 = 0
    /// Up to this entry they may be gone although no cluster has acknowledged them: the site has none and chose so.
    var aloneSequence: Int64 = 0
    /// Where the time of `RetentionClock` stood; nil if none was trusted yet.
    var unixMilliseconds: Int64?

    static let migrationSQL = """
        CREATE TABLE retention (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            pruned_sequence INTEGER NOT NULL,
            alone_sequence INTEGER NOT NULL,
            unix_milliseconds INTEGER,
            rewriting_first INTEGER,
            rewriting_last INTEGER
        ) STRICT;
        INSERT INTO retention SELECT 1, 0, 0,
            (SELECT unix_milliseconds FROM entry WHERE clock_trusted = 1 ORDER BY sequence DESC LIMIT 1), NULL, NULL;
        DROP TRIGGER IF EXISTS entry_is_never_removed;
        CREATE TRIGGER entry_is_never_removed BEFORE DELETE ON entry WHEN NOT EXISTS
            (SELECT 1 FROM retention WHERE OLD.sequence BETWEEN rewriting_first AND rewriting_last)
            BEGIN SELECT RAISE(ABORT, 'entries of the ledger are never removed'); END;
        """

    /// A ledger that only versions before 0.4 have written has no such table: nothing was pruned from it.
    static func read(_ db: Database) throws -> RetentionTable {
        guard try db.tableExists("retention", in: "main") else { return RetentionTable() }
        let statement = try db.cachedStatement(
            sql: "SELECT pruned_sequence, alone_sequence, unix_milliseconds FROM retention WHERE id = 1")
        guard let row = try Row.fetchOne(statement) else { return RetentionTable() }
        return RetentionTable(
            prunedSequence: try row.value(0), aloneSequence: try row.value(1), unixMilliseconds: try row.optional(2))
    }

    /// Up to this entry readings may be missing: it was acknowledged, or pruned where there is no cluster.
    static func mayBePruned(_ db: Database) throws -> Int64 {
        max(try Uplink.acknowledgedSequence(db), try read(db).aloneSequence)
    }

    func write(_ db: Database) throws {
        let update = "UPDATE retention SET pruned_sequence = ?, alone_sequence = ?, unix_milliseconds = ? WHERE id = 1"
        try db.cachedStatement(sql: update).execute(arguments: [prunedSequence, aloneSequence, unixMilliseconds])
    }

    /// Removes the readings of the entries after `sequence` up to `end`. What they took is free for entries to come.
    /// Call it in a transaction.
    ///
    /// The entries are written again without them. Setting the column to NULL would leave each row in the page that it
    /// filled, and SQLite gives back whole pages only: entries to come go to the end of the table, never into the gaps.
    /// - Parameter hasScratch: whether `makeScratch` was called on this connection.
    static func prune(after sequence: Int64, upTo end: Int64, hasScratch: inout Bool, _ db: Database) throws {
        let portion: StatementArguments = [sequence, end]
        let range = "sequence > ? AND sequence <= ?"
        let look = try db.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM entry WHERE \(range) AND readings IS NOT NULL)")
        guard try Bool.fetchOne(look, arguments: portion) == true else { return }
        if !hasScratch { try makeScratch(db) }
        hasScratch = true
        try db.run("DELETE FROM temp.pruning") { _ in }
        let bounds = { (values: inout BoundValues, first: Int64) in
            values.add(first)
            values.add(end)
        }
        try db.run("INSERT INTO temp.pruning SELECT \(kept) FROM main.entry WHERE \(range)") { bounds(&$0, sequence) }
        let count = db.changesCount
        try db.run("UPDATE retention SET rewriting_first = ?, rewriting_last = ?") { bounds(&$0, sequence + 1) }
        try db.run("DELETE FROM main.entry WHERE \(range)") { bounds(&$0, sequence) }
        try db.run("INSERT INTO main.entry (\(kept)) SELECT \(kept) FROM temp.pruning ORDER BY sequence") { _ in }
        guard db.changesCount == count else {
            throw LedgerError(
                .systemError,
                "Pruning entries \(sequence + 1) to \(end): \(count) were there, \(db.changesCount) came back. Nothing "
                    + "was changed; tell support.")
        }
        try db.run("UPDATE retention SET rewriting_first = NULL, rewriting_last = NULL") { _ in }
    }

    /// Everything of an entry but its readings.
    private static let kept = """
        sequence, boot, monotonic_nanoseconds, unix_milliseconds, clock_trusted, kind, payload_version, payload,
        readings_digest, previous_hash, hash
        """

    /// Where the entries lie while they are written again. Made once for a connection: each change of the schema makes
    /// it prepare all its statements anew.
    private static func makeScratch(_ db: Database) throws {
        try db.execute(sql: "CREATE TEMPORARY TABLE pruning AS SELECT \(kept) FROM main.entry LIMIT 0")
    }

    /// The times of the entries after `sequence` up to `end`, in order, at most `limit`.
    static func candidates(
        after sequence: Int64, upTo end: Int64, limit: Int64, _ db: Database
    ) throws -> [RetentionRule.Candidate] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT sequence, unix_milliseconds, clock_trusted FROM entry WHERE sequence > ? AND sequence <= ?
                ORDER BY sequence LIMIT ?
                """)
        return try Row.fetchAll(statement, arguments: [sequence, end, limit]).map { row in
            RetentionRule.Candidate(
                sequence: try row.value(0),
                wallTime: WallTime(unixMilliseconds: try row.value(1), isTrusted: try row.value(2) as Int64 == 1))
        }
    }

    /// The first entry whose readings are kept, among those that follow the mark: a look costs the same however long
    /// the ledger is.
    static func oldestReadings(_ db: Database) throws -> OldestReadings? {
        let pruned = try read(db).prunedSequence
        let statement = try db.cachedStatement(
            sql: """
                SELECT sequence, unix_milliseconds FROM entry WHERE sequence > ? AND sequence <= ?
                AND readings IS NOT NULL ORDER BY sequence LIMIT 1
                """)
        return try Row.fetchOne(statement, arguments: [pruned, pruned &+ LedgerLimits.oldestReadingsEntries])
            .map { OldestReadings(sequence: try $0.value(0), unixMilliseconds: try $0.value(1)) }
    }

    /// The first entry after `sequence` that has lost its readings.
    static func firstPruned(after sequence: Int64, _ db: Database) throws -> Int64? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT sequence FROM entry WHERE sequence > ? AND readings IS NULL AND length(readings_digest) > 0
                ORDER BY sequence LIMIT 1
                """)
        return try Int64.fetchOne(statement, arguments: [sequence])
    }

    /// Bytes of the file's pages, without those that are free for use again. SQLite keeps both numbers in the file's
    /// header.
    static func usedBytes(_ db: Database) throws -> Int64 {
        func number(_ name: String) throws -> Int64 {
            try Int64.fetchOne(db.cachedStatement(sql: "PRAGMA \(name)")) ?? 0
        }
        return try (number("page_count") - number("freelist_count")) * number("page_size")
    }
}
