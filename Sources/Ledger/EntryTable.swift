import FoundationEssentials
import GRDB
import Vocabulary

/// Reads and writes the table `entry`. Text comes out byte by byte, so that nothing hides behind a repaired character.
enum EntryTable {
    private static let columns = """
        sequence, CAST(boot AS BLOB), monotonic_nanoseconds, unix_milliseconds, clock_trusted, CAST(kind AS BLOB),
        payload_version, CAST(payload AS BLOB), readings_digest, previous_hash, hash
        """

    static func insert(_ entry: LedgerEntry, readings: Data?, _ db: Database) throws {
        try db.run("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") { values in
            values.add(entry.sequence)
            values.add(entry.bootID)
            values.add(entry.monotonicNanoseconds)
            values.add(entry.unixMilliseconds)
            values.add(entry.clockTrusted)
            values.add(entry.kind)
            values.add(entry.payloadVersion)
            values.addText(utf8: entry.payload)
            values.addBlob(entry.readingsDigest)
            values.addBlob(entry.previousHash)
            values.addBlob(entry.hash)
            values.addText(utf8: readings)
        }
    }

    static func identity(_ db: Database) throws -> LedgerIdentity {
        let statement = try db.cachedStatement(sql: "SELECT ledger, station FROM ledger WHERE id = 1")
        guard let row = try Row.fetchOne(statement) else {
            throw LedgerError(.damaged, "The ledger's table `ledger` is empty: it does not say whose it is.")
        }
        return LedgerIdentity(ledger: try row.value(0), station: try row.value(1))
    }

    static func head(_ db: Database) throws -> LedgerHead {
        let statement = try db.cachedStatement(sql: "SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1")
        guard let row = try Row.fetchOne(statement) else { return .none }
        return LedgerHead(sequence: try row.value(0), hash: try row.value(1))
    }

    /// The head as it was at that sequence number; nil if there is no such entry.
    static func head(at sequence: Int64, _ db: Database) throws -> LedgerHead? {
        guard sequence != 0 else { return LedgerHead.none }
        let statement = try db.cachedStatement(sql: "SELECT hash FROM entry WHERE sequence = ?")
        return try Row.fetchOne(statement, arguments: [sequence])
            .map { LedgerHead(sequence: sequence, hash: try $0.value(0)) }
    }

    static func entry(_ sequence: Int64, _ db: Database) throws -> LedgerEntry? {
        var entry: LedgerEntry?
        try db.visitRows("SELECT \(columns) FROM entry WHERE sequence = ?") {
            $0.add(sequence)
        } _: { row in
            entry = try Self.entry(in: row)
            return false
        }
        return entry
    }

    /// Calls `visit` with each entry after `sequence` in order, until it returns false. Holds one entry at a time.
    static func visit(
        after sequence: Int64, limit: Int64 = .max, withReadings: Bool = false, _ db: Database,
        _ visit: (LedgerEntry, _ readings: Data?) throws -> Bool
    ) throws {
        let readings = withReadings ? ", CAST(readings AS BLOB)" : ""
        try db.visitRows("SELECT \(columns)\(readings) FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?") {
            $0.add(sequence)
            $0.add(limit)
        } _: { row in
            try visit(entry(in: row), withReadings ? row.optionalBlob(11) : nil)
        }
    }

    private static func entry(in row: StatementRow) throws(LedgerError) -> LedgerEntry {
        LedgerEntry(
            sequence: try row.integer(0), bootID: try row.text(1), monotonicNanoseconds: try row.integer(2),
            unixMilliseconds: try row.integer(3), clockTrusted: try row.integer(4), kind: try row.text(5),
            payloadVersion: try row.integer(6), payload: try row.blob(7), readingsDigest: try row.blob(8),
            previousHash: try row.blob(9), hash: try row.blob(10))
    }
}

extension LedgerEntry {
    var wallTime: WallTime { WallTime(unixMilliseconds: unixMilliseconds, isTrusted: clockTrusted == 1) }

    /// False for entries that can be counted without being decoded. One of an unknown kind has to say so itself.
    var mayCount: Bool { LedgerRecordKind(rawValue: kind)?.counts ?? true }
}

extension Row {
    /// A column that must be there. GRDB's subscripts stop the process where the type does not fit; a damaged file
    /// must not.
    func value<Value: DatabaseValueConvertible>(_ index: Int) throws -> Value {
        guard let value: Value = try optional(index) else {
            throw LedgerError(.damaged, "A row of the ledger has no value in column \(index).")
        }
        return value
    }

    func optional<Value: DatabaseValueConvertible>(_ index: Int) throws -> Value? {
        let stored: DatabaseValue = self[index]
        if stored.isNull { return nil }
        guard let value = Value.fromDatabaseValue(stored) else {
            throw LedgerError(.damaged, "A row of the ledger has a value of the wrong type in column \(index).")
        }
        return value
    }

    /// A text that must be one of an enum's or a permitted name.
    func name<Name: RawRepresentable<String>>(_ index: Int) throws -> Name {
        guard let name: Name = try optionalName(index) else {
            throw LedgerError(.damaged, "A row of the ledger's projections has no value in column \(index).")
        }
        return name
    }

    func optionalName<Name: RawRepresentable<String>>(_ index: Int) throws -> Name? {
        guard let text: String = try optional(index) else { return nil }
        guard let name = Name(rawValue: text) else {
            throw LedgerError(
                .damaged, "The ledger's projections hold \"\(text)\", which is not known. Rebuild the projections.")
        }
        return name
    }
}
