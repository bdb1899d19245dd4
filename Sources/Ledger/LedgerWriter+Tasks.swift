import GRDB
import Synchronization

extension LedgerWriter {
    /// As `perform`, on the caller's thread, of a writer that was not started.
    func performNow(_ what: String, _ work: @escaping @Sendable (Database) throws -> Void) throws(LedgerError) {
        let failure = Mutex<LedgerError?>(nil)
        let task = WriterTask(run: work) { error in failure.withLock { $0 = error } }
        guard queue.add({ .task(task) }) == nil else {
            throw LedgerError(.notOpen, "\(what): the ledger's queue is full or stopped.")
        }
        performWaiting()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Runs work that may extend the chain in a transaction on the writer's thread, after everything that was appended
    /// before.
    func perform(
        _ what: String, _ work: @escaping @Sendable (inout EntryAppender, Stamp, Database) throws -> Void
    ) async throws(LedgerError) {
        let failure = await withCheckedContinuation { continuation in
            let finish: @Sendable (LedgerError?) -> Void = { continuation.resume(returning: $0) }
            switch queue.add({ .chained(ChainedTask(stamp: stamp, work: work, finish: finish)) }) {
            case nil: break
            case .full: finish(LedgerError(.systemError, "\(what): the ledger's queue is full. Try again later."))
            case .closed: finish(LedgerError(.notOpen, "\(what): the ledger is stopped."))
            }
        }
        if let failure { throw failure }
    }
}
