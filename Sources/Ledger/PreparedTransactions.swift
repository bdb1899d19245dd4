import GRDB

extension DatabaseQueue {
    /// As `inTransaction(.immediate)`, with statements that are prepared once: GRDB prepares BEGIN and COMMIT each
    /// time, which is a good part of what a short transaction costs beside the disk.
    ///
    /// When it throws nothing is stored, unless it was the commit itself that failed: then only the disk knows.
    func immediateTransaction(_ work: (Database) throws -> Void) throws {
        try writeWithoutTransaction { db in
            try db.cachedStatement(sql: "BEGIN IMMEDIATE TRANSACTION").execute()
            do {
                try work(db)
                try db.cachedStatement(sql: "COMMIT TRANSACTION").execute()
            } catch {
                // SQLite has rolled back by itself after some errors (a full disk), and not after others; `rollback`
                // looks. What went wrong first is what is told.
                try? db.rollback()
                throw error
            }
        }
    }
}

extension Database {
    /// One snapshot on a connection that cannot write: what is committed meanwhile is not seen. As GRDB's `read`, with
    /// statements that are prepared once.
    func inSnapshot<Result>(_ query: (Database) throws -> Result) throws -> Result {
        try cachedStatement(sql: "BEGIN DEFERRED TRANSACTION").execute()
        do {
            let result = try query(self)
            try cachedStatement(sql: "COMMIT TRANSACTION").execute()
            return result
        } catch {
            try? rollback()
            throw error
        }
    }
}
