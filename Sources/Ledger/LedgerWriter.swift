import FoundationEssentials
import GRDB
import Logging
import SparingLog
import Station
import StationPorts
import Synchronization
import Threads
import Vocabulary

/// The one writer of a station's ledger. A thread of its own commits everything that waits in one durable transaction,
/// in the order of the calls, and answers each record to the event sink after the commit.
///
/// A batch that fails leaves nothing in the ledger, and all its records are answered with `recordFailed`. Records that
/// can never be stored (too large; a second outcome of one acceptance) fail alone.
public final class LedgerWriter: RecordPort, Sendable {
    public let identity: LedgerIdentity
    /// Acceptances that the last run left open and that were ended as `unconfirmed` when this writer opened the ledger.
    public let recoveredCount: Int
    /// Whether an accepted item may lie on the belt where no sensor sees it: the last one that the ledger knows of was
    /// cut off, by the last run or by one before it that nothing came after.
    public let mayHaveLeftItem: Bool

    /// Works until `stop`.
    public let reader: LedgerReader

    let place: LedgerPlace
    let database: DatabaseQueue
    let newEntries = NewEntries()
    private let lock: any LedgerLock
    let options: LedgerOptions
    let bootID: String
    let queue: WriterQueue
    private let sink: any EventSink
    let now: @Sendable () -> Instant
    let wallTime: @Sendable () -> WallTime
    private let logger: Logger
    /// For what may repeat as long as the disk or a record is at fault.
    private let log: Mutex<SparingLogger>
    private let isOverflowing = Atomic(false)
    private let thread = Mutex<NamedThread?>(nil)
    let state: Mutex<State>

    /// Touched by the writer's thread alone.
    struct State {
        /// Nil after a failure: it is read again before the next batch, because only the disk knows what it holds.
        var head: LedgerHead?
        var disk: DiskWatch
        var clock = ClockState()
        var nextLook: Instant?
        var isFailing = false
        var retention: RetentionWork?
    }

    /// Opens the ledger in `directory`, makes it if there is none, and ends what the last run left open. Throws a
    /// sentence if the ledger is damaged, newer, another station's, or written by another process; it is then
    /// unchanged.
    /// `now` and `wallTime` are called at each `append`, and must be fast.
    public init(
        directory: String, station: StationID, options: LedgerOptions = LedgerOptions(), sink: any EventSink,
        now: @escaping @Sendable () -> Instant, wallTime: @escaping @Sendable () -> WallTime, logger: Logger
    ) throws(LedgerError) {
        place = LedgerPlace(directory: directory, storage: options.storage)
        try options.storage.makeDirectory(directory)
        lock = try options.storage.lock(place.lock)
        bootID = if let chosen = options.bootID { chosen } else { try FileSystem.bootID() }
        queue = WriterQueue(limit: options.queueLimit)
        (self.options, self.sink, self.now, self.wallTime, self.logger) = (options, sink, now, wallTime, logger)
        log = Mutex(SparingLogger(logger))
        let start: PreparedLedger
        do {
            let opened = try LedgerFile.openForWriting(place, station: station, options: options)
            (database, identity, reader) = (opened.writing, opened.identity, LedgerReader(opened.reading))
            let stamp = Stamp(instant: now(), wallTime: wallTime())
            start = try PreparedLedger(database, identity, bootID: bootID, stamp, logger)
        } catch {
            throw LedgerError(error, tried: "Opening the ledger \(place.database)")
        }
        (recoveredCount, mayHaveLeftItem) = (start.recovered, start.mayHaveLeftItem)
        let head = start.head
        state = Mutex(
            State(
                head: head, disk: DiskWatch(reserveBytes: options.reserveBytes), clock: start.clock,
                retention: RetentionWork(options, startedAt: now())))
        logger.info(
            "ledger opened",
            metadata: ["ledger": "\(identity.ledger)", "last": "\(head.sequence)", "recovered": "\(recoveredCount)"])
    }

    /// Starts the writer's thread. Records that were appended before wait for it. Call it once.
    public func start() throws(LedgerError) {
        do {
            let started = try NamedThread("ledger-writer") { self.run() }
            thread.withLock { $0 = started }
        } catch {
            throw .system(error.attempt, errno: error.code)
        }
    }

    /// Stores what waits, brings everything into the main file, and ends. Later appends are answered with
    /// `recordFailed`. Blocks until all is done; a second call does nothing.
    public func stop() {
        guard queue.close() else { return }
        if let thread = thread.withLock({ $0 }) { thread.join() } else { run() }
        newEntries.finish()
        defer { lock.release() }
        do {
            // The last connection that closes puts the log away, and only one that writes can.
            try reader.close()
            try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
            try database.close()
        } catch {
            // A reader may hold the log; nothing is lost, the next opening reads it.
            logger.warning("ledger closed without emptying its write-ahead log", metadata: ["error": "\(error)"])
        }
    }

    /// Answers with `recordStored` or `recordFailed`, from the writer's thread; at once if the queue is full or closed.
    public func append(_ token: RecordToken, _ record: LedgerRecord) {
        let refusal = queue.add {
            let stamp = Stamp(instant: now(), wallTime: wallTime())
            return .record(PendingRecord(token: token, record: record, stamp: stamp))
        }
        tellOverflow(refusal == .full)
        if refusal != nil { sink.post(.recordFailed(token, .failed)) }
    }

    /// Logs the first record that finds the queue full, and the first that fits again.
    private func tellOverflow(_ isFull: Bool) {
        guard isOverflowing.exchange(isFull, ordering: .relaxed) != isFull else { return }
        if isFull {
            log(
                .error, about: "the queue", "records are refused: too many wait for the disk",
                ["limit": "\(options.queueLimit)"])
        } else {
            log(.notice, about: "the queue", "records fit into the queue again")
        }
    }

    /// Makes the projections anew from the entries, in one transaction. Readers see the old ones until it is done.
    public func rebuildProjections() async throws(LedgerError) {
        try await perform("Rebuilding the ledger's projections") { db in try Projections.rebuild(db) }
    }
}

extension LedgerWriter {
    private func run() {
        while true {
            let (hasWorked, isClosed) = performWaiting()
            if hasWorked { continue }
            if isClosed { return }
            queue.wait(atMost: options.diskCheckPeriod)
        }
    }

    /// Does what waits, on the caller's thread: the one turn of a writer that was not started.
    @discardableResult
    package func performWaiting() -> (hasWorked: Bool, isClosed: Bool) {
        state.withLock { lookAtDiskIfDue(&$0) }
        lookAtClockIfDue()
        log.withLock { $0.tellLeftOut(at: now()) }
        let (work, isClosed) = queue.takeAll()
        perform(work)
        let isFree = work.isEmpty && !isClosed
        let hasCorrected = isFree && correctHours()
        if isFree && !hasCorrected { state.withLock { pruneIfDue(&$0) } }
        return (!work.isEmpty || hasCorrected, isClosed)
    }

    /// Records in a row go into one transaction; a task stands between two of them.
    private func perform(_ work: [WriterWork]) {
        var batch: [PendingRecord] = []
        for item in work {
            switch item {
            case .record(let record): batch.append(record)
            case .task(let task):
                commit(batch)
                batch = []
                perform(task)
            case .chained(let task):
                commit(batch)
                batch = []
                perform(task)
            }
        }
        commit(batch)
    }

    private func perform(_ task: WriterTask) {
        do {
            try database.immediateTransaction(task.run)
            task.finish(nil)
        } catch {
            task.finish(LedgerError(error, tried: "Writing to the ledger \(place.database)"))
        }
    }

    private func commit(_ batch: [PendingRecord]) {
        guard !batch.isEmpty else { return }
        let events = state.withLock { state in
            do {
                let events = try store(batch, &state)
                if state.isFailing { log(.notice, about: "writing", "the ledger can be written again") }
                state.isFailing = false
                return events
            } catch {
                return fail(batch, LedgerError(error, tried: "Storing \(batch.count) records"), &state)
            }
        }
        for event in events { sink.post(event) }
        newEntries.pulse()
    }

    /// One transaction. Returns the answers, which hold only after it is committed.
    private func store(_ batch: [PendingRecord], _ state: inout State) throws -> [StationEvent] {
        try append(&state) { appender, clock, db in
            try batch.map { pending in
                try note(pending.stamp, &clock, &appender, db)
                if pending.record.isUntimed(pending.stamp) { clock.owesHours = true }
                return try store(pending, &appender, db)
            }
        }
    }

    private func store(
        _ pending: PendingRecord, _ appender: inout EntryAppender, _ db: Database
    ) throws -> StationEvent {
        do {
            let sequence = try appender.append(pending.record, pending.stamp, db)
            return .recordStored(pending.token, sequence: sequence)
        } catch let error as LedgerError where error.code == .invalidRequest {
            log(.error, about: "refused records", "record refused", ["error": "\(error)"])
            return .recordFailed(pending.token, .failed)
        }
    }

    private func fail(_ batch: [PendingRecord], _ error: LedgerError, _ state: inout State) -> [StationEvent] {
        if !state.isFailing { log(.error, about: "writing", "the ledger cannot be written", ["error": "\(error)"]) }
        state.isFailing = true
        state.head = nil
        let failure: StoreFailure = error.code == .diskFull ? .diskFull : .failed
        let change = state.disk.fail(failure).map(StationEvent.diskChanged)
        state.nextLook = now().advanced(by: options.diskCheckPeriod)
        return batch.map { .recordFailed($0.token, failure) } + (change.map { [$0] } ?? [])
    }

    private func lookAtDiskIfDue(_ state: inout State) {
        let instant = now()
        if let due = state.nextLook, instant < due { return }
        state.nextLook = instant.advanced(by: options.diskCheckPeriod)
        let freeBytes = options.freeBytes(place.directory)
        guard let change = state.disk.look(freeBytes: freeBytes, writes: database.takesWrites) else { return }
        log(.notice, about: "the disk", "disk of the ledger", ["state": "\(change.rawValue)"])
        sink.post(.diskChanged(change))
    }

    private func pruneIfDue(_ state: inout State) {
        guard let error = state.retention?.turnIfDue(database, at: now(), wallTime: wallTime) else { return }
        log(.warning, about: "retention", "readings are not pruned", ["error": "\(error)"])
    }

    func log(
        _ level: Logger.Level, about subject: String, _ message: String, _ metadata: Logger.Metadata? = nil
    ) {
        log.withLock { $0.log(level, about: subject, message, metadata: metadata, at: now()) }
    }
}
