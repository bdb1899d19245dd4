import ClusterAPI
import GRDB
import Vocabulary

/// Tables that are a fold over the entries, kept in the same transaction as they are. Names are not qualified: where
/// the connection has temporary tables of these names, they are the ones that are filled.
enum Projections {
    static func add(_ record: LedgerRecord, sequence: Int64, at time: WallTime, _ db: Database) throws {
        try addTotals(record, at: time, db)
        switch record {
        case .accepted(let accepted):
            try insert(accepted.acceptance, sequence: sequence, at: time, db)
        case .ended(let ended):
            try end(ended, sequence: sequence, db)
        case .refused(let refused):
            try insert(refused, sequence: sequence, at: time, db)
        case .started, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped:
            break
        }
    }

    /// Whether this acceptance is still without an outcome.
    static func isOpen(_ sequence: Int64, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT 1 FROM returns WHERE sequence = ? AND outcome IS NULL")
        return try Row.fetchOne(statement, arguments: [sequence]) != nil
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
            try add(entry.record(), sequence: entry.sequence, at: entry.wallTime, db)
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
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO totals VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                    units = units + excluded.units, mass_milligrams = mass_milligrams + excluded.mass_milligrams
                    """)
            try statement.execute(arguments: [
                total.key.unixHour, total.key.packagingType?.rawValue ?? "", total.key.material.rawValue,
                total.key.stream?.rawValue ?? "", total.key.outcome.rawValue, total.units, total.massMilligrams,
            ])
        }
    }

    private static func insert(
        _ acceptance: Acceptance, sequence: Int64, at time: WallTime, _ db: Database
    ) throws {
        let identification = acceptance.identification
        try insertReturn(
            [
                sequence, time.unixMilliseconds, identification.packagingType?.rawValue,
                identification.material.rawValue, identification.stream.rawValue, acceptance.bin.rawValue,
                identification.massMilligrams, acceptance.confidencePermille, nil, nil, nil,
            ], db)
    }

    private static func insert(
        _ refused: RefusalRecord, sequence: Int64, at time: WallTime, _ db: Database
    ) throws {
        let rejection = refused.rejection
        try insertReturn(
            [
                sequence, time.unixMilliseconds, rejection.packagingType?.rawValue, rejection.material.rawValue, nil,
                nil, refused.massMilligrams ?? 0, rejection.confidencePermille, sequence, Outcome.returned.rawValue,
                rejection.reason.rawValue,
            ], db)
    }

    private static func insertReturn(_ arguments: StatementArguments, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT INTO returns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .execute(arguments: arguments)
    }

    private static func end(_ ended: OutcomeRecord, sequence: Int64, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                UPDATE returns SET ended_sequence = ?, outcome = ?, cause = ? WHERE sequence = ? AND outcome IS NULL
                """)
        try statement.execute(arguments: [
            sequence, ended.outcome.rawValue, ended.cause?.rawValue, ended.acceptedSequence,
        ])
    }
}
