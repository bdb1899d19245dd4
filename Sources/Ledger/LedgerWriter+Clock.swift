import GRDB
import Logging
import Vocabulary

/// Honest time: the writer stamps, so the writer watches the clocks.
extension LedgerWriter {
    /// Lets the clocks be looked at behind everything that waits, now and then. A record's own stamp is a look as well.
    func lookAtClockIfDue() {
        let instant = now()
        let isDue = state.withLock { state in
            if let due = state.clock.nextLook, instant < due { return false }
            state.clock.nextLook = instant.advanced(by: options.diskCheckPeriod)
            return true
        }
        // A queue that is full or closed holds records, or needs no more looks.
        if isDue { _ = queue.add { .chained(ChainedTask(stamp: stamp)) } }
    }

    /// Both clocks now. Called inside the queue's lock, so that stamps are in the order of the entries.
    var stamp: Stamp { Stamp(instant: now(), wallTime: wallTime()) }

    /// The end of the chain as this writer knows it; nil after a failure.
    package var knownHead: LedgerHead? { state.withLock { $0.head } }

    /// Stores what has changed since the last look, before whatever was stamped after it.
    func note(
        _ stamp: Stamp, _ clock: inout ClockState, _ appender: inout EntryAppender, _ db: Database
    ) throws {
        guard let change = clock.watch.look(stamp) else { return }
        _ = try appender.append(.clockChanged(change), stamp, db)
        log(
            .notice, about: "the clock", "the wall clock has changed",
            ["stepMilliseconds": "\(change.stepMilliseconds)", "trusted": "\(change.isTrusted)"])
    }

    /// One transaction that may extend the chain. If it fails, nothing of it is known any more.
    func append<Result>(
        _ state: inout State, _ work: (inout EntryAppender, inout ClockState, Database) throws -> Result
    ) throws -> Result {
        var end: (head: LedgerHead, clock: ClockState, result: Result)?
        do {
            try database.immediateTransaction { db in
                let start = try state.head ?? EntryTable.head(db)
                var appender = EntryAppender(identity: identity, bootID: bootID, head: start)
                var clock = state.clock
                let result = try work(&appender, &clock, db)
                end = (appender.head, clock, result)
            }
        } catch {
            state.head = nil
            throw error
        }
        guard let end else { throw LedgerError(.systemError, "A transaction ended without a word. Tell support.") }
        (state.head, state.clock) = (end.head, end.clock)
        return end.result
    }

    /// Work that is no record and may extend the chain; without work of its own only a look at the clocks.
    func perform(_ task: ChainedTask) {
        let failure = state.withLock { state -> LedgerError? in
            if task.work == nil {
                var clock = state.clock
                guard clock.watch.look(task.stamp) != nil else {
                    state.clock = clock
                    return nil
                }
            }
            do {
                try append(&state) { appender, clock, db in
                    try note(task.stamp, &clock, &appender, db)
                    try task.work?(&appender, task.stamp, db)
                }
                newEntries.pulse()
                return nil
            } catch {
                return LedgerError(error, tried: "Writing to the ledger \(place.database)")
            }
        }
        task.finish(failure)
    }

    /// Corrects the hours of some entries that were stamped before the clock was trusted. Returns whether there may be
    /// more to do. Called when nothing waits, so that no item waits for more than one portion.
    func correctHours() -> Bool {
        state.withLock { state in
            guard let anchor = state.clock.anchor(at: now()) else { return false }
            do {
                let done = try append(&state) { appender, clock, db in
                    let limit = options.hoursPerCorrection
                    guard let hours = try HoursCorrection.next(boot: bootID, anchor: anchor, limit: limit, db) else {
                        clock.owesHours = false
                        return false
                    }
                    _ = try appender.append(.hoursCorrected(hours), anchor, db)
                    return true
                }
                if done { newEntries.pulse() }
                return done
            } catch {
                state.clock.noHoursBefore = now().advanced(by: options.diskCheckPeriod)
                log(.error, about: "hours", "hours could not be corrected", ["error": "\(error)"])
                return false
            }
        }
    }
}

extension LedgerRecord {
    /// Whether it is of an item, and stamped while the clock was not trusted.
    func isUntimed(_ stamp: Stamp) -> Bool {
        guard !stamp.wallTime.isTrusted else { return false }
        return switch self {
        case .accepted, .ended, .refused: true
        case .started, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged, .hoursCorrected,
            .corrected:
            false
        }
    }
}
