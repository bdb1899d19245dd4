import GRDB

extension DatabaseQueue {
    /// As `inTransaction(.immediate)`. When it throws nothing is stored, unless it was the commit itself that failed:
    /// then only the disk knows.
    func immediateTransaction(_ work: (Database) throws -> Void) throws {
        try writeWithoutTransaction { db in try db.inPreparedTransaction("BEGIN IMMEDIATE TRANSACTION", work) }
    }
}

extension Database {
    /// One snapshot on a connection that cannot write: what is committed meanwhile is not seen. As GRDB's `read`.
    func inSnapshot<Result>(_ query: (Database) throws -> Result) throws -> Result {
        try inPreparedTransaction("BEGIN DEFERRED TRANSACTION", query)
    }

    /// With statements that are prepared once: GRDB prepares BEGIN and COMMIT each time, which is a good part of what a
    /// short transaction costs beside the disk.
    fileprivate func inPreparedTransaction<Result>(
        _ begin: String, _ work: (Database) throws -> Result
    ) throws -> Result {
        try cachedStatement(sql: begin).execute()
        do {
            let result = try work(self)
            try cachedStatement(sql: "COMMIT TRANSACTION").execute()
            return result
        } catch {
            // SQLite has rolled back by itself after some errors (a full disk), and not after others; `rollback` looks.
            // What went wrong first is what is told.
            try? rollback()
            throw error
        }
    }
}
