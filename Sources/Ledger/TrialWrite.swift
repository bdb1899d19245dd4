import GRDB

extension DatabaseQueue {
    /// Whether a durable write goes through now. It writes a page as it is: nothing of the ledger changes.
    func takesWrites() -> Bool {
        do {
            try inTransaction(.immediate) { db in
                try db.execute(sql: "UPDATE uplink SET acknowledged_sequence = acknowledged_sequence")
                return .commit
            }
            return true
        } catch {
            return false
        }
    }
}
