import GRDB
import Station
import Synchronization
import Threads
import Vocabulary

/// A record on its way to the disk.
struct PendingRecord: Sendable {
    var token: RecordToken
    var record: LedgerRecord
    var stamp: Stamp
}

/// Work that is not a record but needs the writing connection.
struct WriterTask: Sendable {
    var run: @Sendable (Database) throws -> Void
    /// Called once, with nil after success.
    var finish: @Sendable (LedgerError?) -> Void
}

/// Work that may extend the chain and is no record of the station's.
struct ChainedTask: Sendable {
    var stamp: Stamp
    /// Nil: only the clocks are looked at.
    var work: (@Sendable (inout EntryAppender, Stamp, Database) throws -> Void)?
    /// Called once, with nil after success.
    var finish: @Sendable (LedgerError?) -> Void = { _ in }
}

enum WriterWork: Sendable {
    case record(PendingRecord)
    case task(WriterTask)
    case chained(ChainedTask)
}

/// What waits for the writer's thread, in order, bounded.
final class WriterQueue: Sendable {
    enum Refusal: Hashable, Sendable { case full, closed }

    private struct Waiting {
        var work: [WriterWork] = []
        var isClosed = false
    }

    private let limit: Int
    private let waiting = Mutex(Waiting())
    private let doorbell = essential { try Doorbell() }

    init(limit: Int) { self.limit = limit }

    /// Takes the work or says why not. `work` is made inside the lock, so that times are in the order of the queue.
    func add(_ work: () -> WriterWork) -> Refusal? {
        let refusal = waiting.withLock { waiting -> Refusal? in
            guard !waiting.isClosed else { return .closed }
            guard waiting.work.count < limit else { return .full }
            waiting.work.append(work())
            return nil
        }
        if refusal == nil { doorbell.ring() }
        return refusal
    }

    /// Everything that waits, and whether more can come.
    func takeAll() -> (work: [WriterWork], isClosed: Bool) {
        waiting.withLock { waiting in
            let work = waiting.work
            waiting.work.removeAll(keepingCapacity: true)
            return (work, waiting.isClosed)
        }
    }

    /// Returns when there is something to take, or when the time is over.
    func wait(atMost duration: Duration) { doorbell.wait(atMost: duration.inNanoseconds) }

    /// Refuses all further work. Returns false if it was closed before.
    func close() -> Bool {
        let isFirst = waiting.withLock { waiting in
            defer { waiting.isClosed = true }
            return !waiting.isClosed
        }
        doorbell.ring()
        return isFirst
    }
}
