import GRDB

extension DatabaseQueue {
    /// Whether a durable write goes through now. It writes a page as it is: nothing of the ledger changes.
    func takesWrites() -> Bool {
        do {
            try immediateTransaction { db in
                try db.execute(sql: "UPDATE uplink SET acknowledged_sequence = acknowledged_sequence")
            }
            return true
        } catch {
            return false
        }
    }
}
