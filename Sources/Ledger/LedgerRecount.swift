import GRDB

/// What counting all entries again gave.
public struct LedgerRecount: Hashable, Sendable {
    /// One table that is a fold over the entries.
    public struct Table: Hashable, Sendable {
        public var name: String
        /// Rows as stored, and as counted again.
        public var storedRows: Int64
        public var recountedRows: Int64
        /// Rows that are not the same on both sides, or only on one.
        public var differingRows: Int64
    }

    /// One value that the two sides do not agree on.
    public struct Difference: Hashable, Sendable {
        public var table: String
        /// The row's key: a sequence number, or the hour since 1970, packaging type, material, stream and outcome.
        public var row: String
        public var column: String
        /// Nil where there is no value, or no such row.
        public var stored: String?
        public var recounted: String?
    }

    public var identity: LedgerIdentity
    /// The last entry that was counted.
    public var lastSequence: Int64
    /// False if the tables are missing or were made by another version; they are then not compared.
    public var areCurrent = true
    public var tables: [Table] = []
    /// Those of the first 20 rows that differ, table by table.
    public var differences: [Difference] = []

    public var differingRows: Int64 { tables.map(\.differingRows).reduce(0, +) }
    public var agrees: Bool { areCurrent && differingRows == 0 }

    init(identity: LedgerIdentity, lastSequence: Int64) {
        (self.identity, self.lastSequence) = (identity, lastSequence)
    }
}

/// Makes every projection again from the entries alone and compares it with the stored one, value by value. Changes
/// nothing: it counts in temporary tables, in one snapshot, on a connection that cannot write. The daemon may go on.
///
/// Takes the entries' word; whether they are what was written is `LedgerVerifier`'s question.
public struct LedgerRecounter: Sendable {
    private let place: LedgerPlace

    public init(directory: String) { place = LedgerPlace(directory: directory) }

    /// Throws if the file cannot be read as a ledger, or an entry cannot be read. Blocks for as long as it takes.
    public func recount() throws(LedgerError) -> LedgerRecount {
        let database = try LedgerFile.openForReading(place)
        do {
            return try database.read { db in
                try LedgerFile.checkFormat(db, place: place)
                var result = LedgerRecount(
                    identity: try EntryTable.identity(db), lastSequence: try EntryTable.head(db).sequence)
                try Projections.rebuildAside(db)
                result.areCurrent = try Projections.areCurrent(db)
                if result.areCurrent {
                    for table in LedgerSchema.projectionTables { try result.compare(table, db) }
                }
                return result
            }
        } catch {
            throw LedgerError(error, tried: "Recounting the ledger \(place.database)")
        }
    }
}

extension LedgerRecount {
    /// Rows that only one side holds, sorted by their keys: the two of one key follow each other, the stored one first.
    fileprivate mutating func compare(_ table: String, _ db: Database) throws {
        func rows(_ side: String) throws -> Int64 {
            try Int64.fetchOne(db, sql: "SELECT count(*) FROM \(side).\(table)") ?? 0
        }
        let columns = try db.columns(in: table, in: "main").map(\.name)
        let keys = try db.primaryKey(table, in: "main").columns
        let cursor = try Row.fetchCursor(
            db,
            sql: """
                SELECT 0 AS side, * FROM (SELECT * FROM main.\(table) EXCEPT SELECT * FROM temp.\(table))
                UNION ALL
                SELECT 1, * FROM (SELECT * FROM temp.\(table) EXCEPT SELECT * FROM main.\(table))
                ORDER BY \((keys + ["side"]).joined(separator: ", "))
                """)
        var pairs = RowPairs(columns: columns, keys: Set(keys))
        while let row = try cursor.next() { take(pairs.add(try StoredRow(row, columns)), in: table) }
        take(pairs.finish(), in: table)
        tables.append(
            Table(
                name: table, storedRows: try rows("main"), recountedRows: try rows("temp"), differingRows: pairs.count))
    }

    private mutating func take(_ pair: RowPairs.Pair?, in table: String) {
        guard let pair, pair.number + differingRows <= LedgerLimits.recountRows else { return }
        differences += pair.values.map {
            Difference(table: table, row: pair.key, column: $0.column, stored: $0.stored, recounted: $0.recounted)
        }
    }
}

/// One row of either side, as text.
private struct StoredRow {
    var isRecounted: Bool
    var values: [String?]

    init(_ row: Row, _ columns: [String]) throws {
        isRecounted = try row.value(0) as Int64 == 1
        values = columns.indices.map { index in
            let value: DatabaseValue = row[index + 1]
            return value.isNull
                ? nil : String.fromDatabaseValue(value) ?? Int64.fromDatabaseValue(value).map { "\($0)" }
        }
    }
}

/// Puts the rows of one key together.
private struct RowPairs {
    struct Pair {
        /// Counted from 1.
        var number: Int64
        var key: String
        var values: [(column: String, stored: String?, recounted: String?)]
    }

    let columns: [String]
    let keys: Set<String>
    private(set) var count: Int64 = 0
    private var waiting: StoredRow?

    init(columns: [String], keys: Set<String>) { (self.columns, self.keys) = (columns, keys) }

    /// What is complete with this row.
    mutating func add(_ row: StoredRow) -> Pair? {
        guard let stored = waiting else {
            if row.isRecounted { return pair(nil, row) }
            waiting = row
            return nil
        }
        if row.isRecounted && key(of: stored) == key(of: row) {
            waiting = nil
            return pair(stored, row)
        }
        // The waiting row has no counterpart. A recounted one that comes after it has none either, and is given out
        // with the next call: it waits as the stored one did.
        waiting = row
        return stored.isRecounted ? pair(nil, stored) : pair(stored, nil)
    }

    mutating func finish() -> Pair? {
        guard let row = waiting else { return nil }
        waiting = nil
        return row.isRecounted ? pair(nil, row) : pair(row, nil)
    }

    private mutating func pair(_ stored: StoredRow?, _ recounted: StoredRow?) -> Pair {
        count += 1
        let values = columns.indices.filter { !keys.contains(columns[$0]) }
            .map { (column: columns[$0], stored: stored?.values[$0], recounted: recounted?.values[$0]) }
            .filter { $0.stored != $0.recounted }
        return Pair(number: count, key: (stored ?? recounted).map(key) ?? "", values: values)
    }

    private func key(of row: StoredRow) -> String {
        columns.indices.filter { keys.contains(columns[$0]) }
            .map { row.values[$0] ?? "" }.map { $0.isEmpty ? "-" : $0 }.joined(separator: " ")
    }
}
