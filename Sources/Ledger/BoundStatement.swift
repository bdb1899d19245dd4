import FoundationEssentials
import GRDB
import GRDBSQLite

/// What every item makes the ledger run, and what is read entry by entry, is bound and read as it lies in memory.
/// GRDB's arguments and rows box, check and copy each value, which costs a short transaction more than SQLite does.
/// Connection, statements and errors are GRDB's. All statements are prepared once.
extension Database {
    /// Runs a statement that gives no rows.
    /// - Parameter bind: adds as many values as the statement has places.
    func run(_ sql: String, _ bind: (inout BoundValues) -> Void) throws {
        try visitRows(sql, bind) { _ in false }
    }

    /// Whether a query gives a row.
    func hasRow(_ sql: String, _ bind: (inout BoundValues) -> Void) throws -> Bool {
        var isThere = false
        try visitRows(sql, bind) { _ in
            isThere = true
            return false
        }
        return isThere
    }

    /// Calls `visit` with each row of a query, until it returns false.
    func visitRows(
        _ sql: String, _ bind: (inout BoundValues) -> Void, _ visit: (StatementRow) throws -> Bool
    ) throws {
        let prepared = try cachedStatement(sql: sql)
        // A visit may begin the same query anew.
        let isBusy = sqlite3_stmt_busy(prepared.sqliteStatement) != 0
        let owner = isBusy ? try makeStatement(sql: sql) : prepared
        try withExtendedLifetime(owner) {
            let statement = owner.sqliteStatement
            // Ready for its next run, also after an error.
            defer { sqlite3_reset(statement) }
            var values = BoundValues(statement)
            bind(&values)
            values.checkNumber()
            try check(values.refusal ?? SQLITE_OK, sql)
            while try hasStepped(statement, sql), try visit(StatementRow(statement)) {}
        }
    }

    private func hasStepped(_ statement: OpaquePointer, _ sql: String) throws -> Bool {
        let result = sqlite3_step(statement)
        if result == SQLITE_ROW { return true }
        if result != SQLITE_DONE { try check(result, sql) }
        return false
    }

    private func check(_ result: Int32, _ sql: String) throws {
        guard result != SQLITE_OK else { return }
        throw DatabaseError(
            resultCode: ResultCode(rawValue: result),
            message: sqliteConnection.map { String(cString: sqlite3_errmsg($0)) }, sql: sql)
    }
}

/// The row that a statement stands at, until it is stepped. A damaged file may hold anything, so each value says
/// whether it is what it must be.
struct StatementRow {
    private let statement: OpaquePointer

    fileprivate init(_ statement: OpaquePointer) { self.statement = statement }

    func integer(_ index: Int32) throws(LedgerError) -> Int64 {
        guard sqlite3_column_type(statement, index) == SQLITE_INTEGER else { throw unusable(index) }
        return sqlite3_column_int64(statement, index)
    }

    func blob(_ index: Int32) throws(LedgerError) -> Data {
        guard sqlite3_column_type(statement, index) == SQLITE_BLOB else { throw unusable(index) }
        // Of an empty one there is no address.
        guard let start = sqlite3_column_blob(statement, index) else { return Data() }
        return Data(bytes: start, count: Int(sqlite3_column_bytes(statement, index)))
    }

    func optionalBlob(_ index: Int32) throws(LedgerError) -> Data? {
        sqlite3_column_type(statement, index) == SQLITE_NULL ? nil : try blob(index)
    }

    /// Text that was selected as its bytes.
    func text(_ index: Int32) throws(LedgerError) -> String {
        guard sqlite3_column_type(statement, index) == SQLITE_BLOB else { throw unusable(index) }
        let bytes = UnsafeRawBufferPointer(
            start: sqlite3_column_blob(statement, index), count: Int(sqlite3_column_bytes(statement, index)))
        return String(decoding: bytes, as: UTF8.self)
    }

    private func unusable(_ index: Int32) -> LedgerError {
        sqlite3_column_type(statement, index) == SQLITE_NULL
            ? LedgerError(.damaged, "A row of the ledger has no value in column \(index).")
            : LedgerError(.damaged, "A row of the ledger has a value of the wrong type in column \(index).")
    }
}
