import ClusterAPI
import GRDB
import Vocabulary

/// Tables that are a fold over the entries, kept in the same transaction as they are. Names are not qualified: where
/// the connection has temporary tables of these names, they are the ones that are filled.
enum Projections {
    static func add(_ record: LedgerRecord, of entry: LedgerEntry, _ db: Database) throws {
        try addTotals(record, at: entry.wallTime, db)
        switch record {
        case .accepted(let accepted):
            try insert(accepted.acceptance, of: entry, db)
        case .ended(let ended):
            try end(ended, of: entry, db)
        case .refused(let refused):
            try insert(refused, of: entry, db)
        case .hoursCorrected(let hours):
            try HoursCorrection.apply(hours, db)
        case .corrected(let correction):
            try Corrections.apply(correction, sequence: entry.sequence, db)
        case .started, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged:
            break
        }
        try UntimedTable.add(record, of: entry, db)
    }

    /// Whether this acceptance is still without an outcome.
    static func isOpen(_ sequence: Int64, _ db: Database) throws -> Bool {
        try db.hasRow("SELECT 1 FROM returns WHERE sequence = ? AND outcome IS NULL") { $0.add(sequence) }
    }

    /// Acceptances without an outcome, oldest first.
    static func openAcceptances(_ db: Database) throws -> [Int64] {
        try Int64.fetchAll(db, sql: "SELECT sequence FROM returns WHERE outcome IS NULL ORDER BY sequence")
    }

    /// Drops the tables if they are there, and fills new ones from the entries. Call it in a transaction.
    static func rebuild(_ db: Database) throws {
        for table in LedgerSchema.projectionTables { try db.execute(sql: "DROP TABLE IF EXISTS main.\(table)") }
        try db.execute(sql: LedgerSchema.projectionSQL())
        try fill(db)
        try db.execute(
            sql: "INSERT OR REPLACE INTO projection VALUES (1, ?)", arguments: [LedgerSchema.projectionVersion])
    }

    /// Fills temporary tables of the connection from the entries. The ledger's own stay as they are, also on a
    /// connection that cannot write.
    static func rebuildAside(_ db: Database) throws {
        try db.execute(sql: LedgerSchema.projectionSQL(temporary: true))
        try fill(db)
    }

    private static func fill(_ db: Database) throws {
        try EntryTable.visit(after: 0, db) { entry, _ in
            try add(entry.record(), of: entry, db)
            return true
        }
    }

    /// Whether the tables are there and of this software's making.
    static func areCurrent(_ db: Database) throws -> Bool {
        let version = try Int64.fetchOne(db, sql: "SELECT version FROM projection WHERE id = 1")
        guard version == LedgerSchema.projectionVersion else { return false }
        return try LedgerSchema.projectionTables.allSatisfy { try db.tableExists($0, in: "main") }
    }

    /// The totals come from the fold that reports are made with, so that the two cannot mean different things.
    private static func addTotals(_ record: LedgerRecord, at time: WallTime, _ db: Database) throws {
        var fold = CountFold()
        fold.add(record, at: time)
        for total in fold.sortedTotals {
            let sql = """
                INSERT INTO totals VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                units = units + excluded.units, mass_milligrams = mass_milligrams + excluded.mass_milligrams
                """
            try db.run(sql) { values in
                values.add(total.key)
                values.add(total.units)
                values.add(total.massMilligrams)
            }
            // Only what takes back can leave nothing.
            if total.units <= 0 { try removeIfNothing(total.key, db) }
        }
    }

    /// A total that is nothing is no row, as in the fold over all entries.
    private static func removeIfNothing(_ key: TotalKey, _ db: Database) throws {
        let sql = """
            DELETE FROM totals WHERE unix_hour = ? AND packaging_type = ? AND material = ? AND stream = ?
            AND outcome = ? AND units = 0 AND mass_milligrams = 0
            """
        try db.run(sql) { $0.add(key) }
    }

    private static func insert(_ acceptance: Acceptance, of entry: LedgerEntry, _ db: Database) throws {
        let identification = acceptance.identification
        try insertReturn(entry, db) { values in
            values.add(identification.packagingType?.rawValue)
            values.add(identification.material.rawValue)
            values.add(identification.stream.rawValue)
            values.add(acceptance.bin.rawValue)
            values.add(identification.massMilligrams)
            values.add(Int64(acceptance.confidencePermille))
            for _ in 0..<4 { values.addNull() }
        }
    }

    private static func insert(_ refused: RefusalRecord, of entry: LedgerEntry, _ db: Database) throws {
        let rejection = refused.rejection
        try insertReturn(entry, db) { values in
            values.add(rejection.packagingType?.rawValue)
            values.add(rejection.material.rawValue)
            for _ in 0..<2 { values.addNull() }
            values.add(refused.massMilligrams ?? 0)
            values.add(Int64(rejection.confidencePermille))
            values.add(entry.sequence)
            values.add(Outcome.returned.rawValue)
            values.add(rejection.reason.rawValue)
            values.add(entry.wallTime.unixHour)
        }
    }

    /// - Parameter rest: adds what follows after the time, up to the hour.
    private static func insertReturn(
        _ entry: LedgerEntry, _ db: Database, _ rest: (inout BoundValues) -> Void
    ) throws {
        try db.run("INSERT INTO returns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL)") { values in
            values.add(entry.sequence)
            values.add(entry.unixMilliseconds)
            values.add(entry.clockTrusted)
            rest(&values)
        }
    }

    private static func end(_ ended: OutcomeRecord, of entry: LedgerEntry, _ db: Database) throws {
        let sql = """
            UPDATE returns SET ended_sequence = ?, outcome = ?, cause = ?, unix_hour = ?
            WHERE sequence = ? AND outcome IS NULL
            """
        try db.run(sql) { values in
            values.add(entry.sequence)
            values.add(ended.outcome.rawValue)
            values.add(ended.cause?.rawValue)
            values.add(entry.wallTime.unixHour)
            values.add(ended.acceptedSequence)
        }
    }
}

extension BoundValues {
    /// The columns of a total's key.
    fileprivate mutating func add(_ key: TotalKey) {
        add(key.unixHour)
        add(key.packagingType?.rawValue ?? "")
        add(key.material.rawValue)
        add(key.stream?.rawValue ?? "")
        add(key.outcome.rawValue)
    }
}
