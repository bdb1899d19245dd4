import GRDB
import GRDBSQLite

extension Database {
    /// Writes what the write-ahead log holds into the main file, so that a power cut at any moment of it, or after it,
    /// leaves every transaction whole. For a start, before anything is written; outside of a transaction.
    ///
    /// After a sync that failed, Linux keeps the written pages in memory as if they were on the disk, where they may be
    /// in shreds. A process that starts then reads them back as committed. A checkpoint alone would write them into the
    /// main file while the log on the disk ends before them: after a power cut, what is left of the log would be laid
    /// over a newer file, and mix two states of it. So the log is made whole on the disk first.
    ///
    /// Throws SQLite's errors, but does nothing while another process uses the file: that has the index of what was
    /// committed.
    public func bringLogHome() throws {
        try unlessBusy {
            guard try String.fetchOne(self, sql: "PRAGMA journal_mode") == "wal" else { return }
            try makeLogWhole()
            _ = try checkpoint(.truncate)
        }
    }

    /// Writes what the log holds into the main file and cuts the log off; not while another process uses the file.
    public func checkpointUnlessBusy() throws {
        try unlessBusy { _ = try checkpoint(.truncate) }
    }

    private func unlessBusy(_ body: () throws -> Void) throws {
        do { try body() } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {}
    }

    private func makeLogWhole() throws {
        // The log is neither begun anew nor cut off by others meanwhile.
        try execute(sql: "BEGIN IMMEDIATE")
        do {
            try writeLogAgain()
            try execute(sql: "COMMIT")
        } catch {
            try? execute(sql: "ROLLBACK")
            throw error
        }
    }

    /// Every byte in its place, and a sync.
    private func writeLogAgain() throws {
        var file: UnsafeMutablePointer<sqlite3_file>?
        // https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html: of a database in WAL mode, the log.
        try check(sqlite3_file_control(sqliteConnection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file), "finding")
        guard let file, let methods = file.pointee.pMethods?.pointee else { return }
        var size: sqlite3_int64 = 0
        try check(methods.xFileSize(file, &size), "measuring")
        var portion = [UInt8](repeating: 0, count: Int(min(size, Self.portionBytes)))
        var offset: sqlite3_int64 = 0
        while offset < size {
            let count = Int32(min(size - offset, Self.portionBytes))
            try check(methods.xRead(file, &portion, count, offset), "reading")
            try check(methods.xWrite(file, portion, count, offset), "writing")
            offset += sqlite3_int64(count)
        }
        if size > 0 { try check(methods.xSync(file, SQLITE_SYNC_NORMAL), "syncing") }
    }

    private static let portionBytes: sqlite3_int64 = 65_536

    private func check(_ code: Int32, _ doing: String) throws {
        guard code != SQLITE_OK else { return }
        throw DatabaseError(
            resultCode: ResultCode(rawValue: code), message: "\(doing) the write-ahead log: \(Self.text(code))")
    }

    private static func text(_ code: Int32) -> String { String(cString: sqlite3_errstr(code)) }
}
