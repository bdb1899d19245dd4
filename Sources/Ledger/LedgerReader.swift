import FoundationEssentials
import GRDB
import OperatorAPI
import Vocabulary

/// Queries on a connection that cannot write. The writer is not blocked by it, nor it by the writer.
public final class LedgerReader: Sendable {
    private let database: DatabaseQueue

    /// `directory` holds a ledger that is in use or not. Throws if there is none, or one of a newer format.
    public convenience init(directory: String) throws(LedgerError) {
        try self.init(LedgerPlace(directory: directory))
    }

    package convenience init(directory: String, storage: any LedgerStorage) throws(LedgerError) {
        try self.init(LedgerPlace(directory: directory, storage: storage))
    }

    private init(_ place: LedgerPlace) throws(LedgerError) {
        database = try LedgerFile.openForReading(place)
        do {
            try database.read { db in try LedgerFile.checkFormat(db, place: place) }
        } catch {
            throw LedgerError(error, tried: "Opening the ledger \(place.database)")
        }
    }

    /// - Parameter database: a connection that cannot write, to a ledger whose format was checked.
    init(_ database: DatabaseQueue) { self.database = database }

    func close() throws { try database.close() }

    public func status() async throws(LedgerError) -> LedgerStatus {
        try await read { db in
            LedgerStatus(
                ledger: try EntryTable.identity(db).ledger, lastSequence: try EntryTable.head(db).sequence,
                acknowledgedSequence: try Uplink.acknowledgedSequence(db),
                usedBytes: try RetentionTable.usedBytes(db), oldestReadings: try RetentionTable.oldestReadings(db))
        }
    }

    /// Entries of items, of the boot that was written last, whose times wait for a trusted clock.
    public func untimedEntries() async throws(LedgerError) -> Int64 {
        try await read { db in try Self.untimedEntries(db) }
    }

    /// As `untimedEntries`, on the caller's thread.
    package func untimedEntriesNow() throws(LedgerError) -> Int64 {
        try readNow { db in try Self.untimedEntries(db) }
    }

    private static func untimedEntries(_ db: Database) throws -> Int64 {
        guard let last = try EntryTable.entry(EntryTable.head(db).sequence, db) else { return 0 }
        return try UntimedTable.count(boot: last.bootID, db)
    }

    /// The last passages, newest first, at most `OperatorProtocol.returnsLimit`.
    public func returns(limit: Int) async throws(LedgerError) -> [ReturnRow] {
        let rows = min(max(limit, 0), OperatorProtocol.returnsLimit)
        return try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT sequence, unix_milliseconds, packaging_type, material, stream, bin, mass_milligrams,
                        confidence_permille, outcome, cause, time_trusted, is_void, corrected_by FROM returns
                        ORDER BY sequence DESC LIMIT ?
                        """), arguments: [rows]
            ).map(Self.returnRow)
        }
    }

    /// What was decided under that number; nil if the entry is not there or decides on no item.
    package func decision(_ sequence: Int64) async throws(LedgerError) -> StoredDecision? {
        try await read { db in try Self.decision(sequence, db) }
    }

    /// Over the whole ledger, sorted by packaging type, material, stream and outcome.
    public func totals() async throws(LedgerError) -> [TotalRow] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT nullif(packaging_type, ''), material, nullif(stream, ''), outcome, sum(units),
                        sum(mass_milligrams) FROM totals GROUP BY packaging_type, material, stream, outcome
                        ORDER BY packaging_type, material, stream, outcome
                        """)
            ).map(Self.totalRow)
        }
    }

    /// The end of the chain.
    public func head() async throws(LedgerError) -> LedgerHead {
        try await read { db in try EntryTable.head(db) }
    }

    /// Calls `visit` with every entry after `sequence`, in order, on the caller's thread.
    package func visitNow(
        after sequence: Int64, _ visit: (LedgerEntry, LedgerRecord, WallTime) throws -> Void
    ) throws(LedgerError) {
        try readNow { db in
            try EntryTable.visit(after: sequence, db) { entry, _ in
                try visit(entry, entry.record(), entry.wallTime)
                return true
            }
        }
    }

    /// The end of the chain as it was at that entry, on the caller's thread; nil if there is none.
    package func headNow(at sequence: Int64) throws(LedgerError) -> LedgerHead? {
        try readNow { db in try EntryTable.head(at: sequence, db) }
    }

    /// The first entry after `sequence` whose readings have been pruned, on the caller's thread.
    package func firstPrunedNow(after sequence: Int64) throws(LedgerError) -> Int64? {
        try readNow { db in try RetentionTable.firstPruned(after: sequence, db) }
    }

    /// Up to this entry readings have been pruned, on the caller's thread.
    package func prunedSequenceNow() throws(LedgerError) -> Int64 {
        try readNow { db in try RetentionTable.read(db).prunedSequence }
    }

    package func headNow() throws(LedgerError) -> LedgerHead {
        try readNow { db in try EntryTable.head(db) }
    }

    /// One snapshot: what the writer commits meanwhile is not seen.
    func read<Value: Sendable>(
        _ query: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        do {
            return try await database.unsafeRead { db in try db.inSnapshot(query) }
        } catch {
            throw LedgerError(error, tried: "Reading the ledger \(database.path)")
        }
    }

    /// As `read`, on the caller's thread.
    func readNow<Value>(_ query: (Database) throws -> Value) throws(LedgerError) -> Value {
        do {
            return try database.unsafeRead { db in try db.inSnapshot(query) }
        } catch {
            throw LedgerError(error, tried: "Reading the ledger \(database.path)")
        }
    }

    private static func returnRow(_ row: Row) throws -> ReturnRow {
        ReturnRow(
            sequence: try row.value(0), unixMilliseconds: try row.value(1), packagingType: try row.optionalName(2),
            material: try row.name(3), stream: try row.optionalName(4), bin: try row.optionalName(5),
            massMilligrams: try row.value(6), confidencePermille: try row.value(7),
            outcome: try row.optionalName(8), cause: try row.optional(9),
            isTimeEstimated: try row.value(10) as Int64 == 0 ? true : nil,
            isVoid: try row.value(11) as Int64 == 1 ? true : nil, correctedBy: try row.optional(12))
    }

    private static func totalRow(_ row: Row) throws -> TotalRow {
        TotalRow(
            packagingType: try row.optionalName(0), material: try row.name(1), stream: try row.optionalName(2),
            outcome: try row.name(3), units: try row.value(4), massMilligrams: try row.value(5))
    }
}
