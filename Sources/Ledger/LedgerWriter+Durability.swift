extension LedgerWriter {
    /// Asks the writing connection again what it was asked when it was opened; throws if it is not durable. On the
    /// caller's thread, of a writer that was not started.
    package func proveDurabilityNow() throws {
        try performNow("Asking the ledger's connection for its settings") { db in try LedgerFile.proveDurability(db) }
    }
}
