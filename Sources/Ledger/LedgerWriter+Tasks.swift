import GRDB
import Synchronization

/// Work that is no record of the station's: it waits in the writer's queue behind everything that was appended before.
extension LedgerWriter {
    /// Is called once, with nil after success.
    typealias Finish = @Sendable (LedgerError?) -> Void

    /// Runs work in a transaction on the writer's thread.
    func perform(_ what: String, _ work: @escaping @Sendable (Database) throws -> Void) async throws(LedgerError) {
        try await finish(what) { finish in .task(WriterTask(run: work, finish: finish)) }
    }

    /// As `perform`, on the caller's thread, of a writer that was not started.
    func performNow(_ what: String, _ work: @escaping @Sendable (Database) throws -> Void) throws(LedgerError) {
        try finishNow(what) { finish in .task(WriterTask(run: work, finish: finish)) }
    }

    /// Returns when the work is done. `work` is made inside the queue's lock, so that its time is in order.
    func finish(_ what: String, _ work: (@escaping Finish) -> WriterWork) async throws(LedgerError) {
        let failure = await withCheckedContinuation { continuation in
            let finish: Finish = { continuation.resume(returning: $0) }
            switch queue.add({ work(finish) }) {
            case nil: break
            case .full: finish(LedgerError(.systemError, "\(what): the ledger's queue is full. Try again later."))
            case .closed: finish(LedgerError(.notOpen, "\(what): the ledger is stopped."))
            }
        }
        if let failure { throw failure }
    }

    /// As `finish`, on the caller's thread, of a writer that was not started.
    func finishNow(_ what: String, _ work: (@escaping Finish) -> WriterWork) throws(LedgerError) {
        let failure = Mutex<LedgerError?>(nil)
        guard queue.add({ work { error in failure.withLock { $0 = error } } }) == nil else {
            throw LedgerError(.notOpen, "\(what): the ledger's queue is full or stopped.")
        }
        performWaiting()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
