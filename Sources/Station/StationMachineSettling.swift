import Vocabulary

/// What follows from an event once both machines have taken it.
extension StationMachine {
    mutating func settle(at now: Instant) {
        settleSuspensions(at: now)
        // Somebody already holds the next item into the beam: no edge will come for it.
        if mode == .idle, passages.state == .empty, levels.isActive(.entryBeam) {
            passage(.entryBeam(isBlocked: true), at: now)
        }
        settleOptics(at: now)
        settleShutdown(at: now)
    }

    private mutating func settleSuspensions(at now: Instant) {
        suspend(.binFull, if: bins.suspendsIntake(settings), at: now)
        let isDiskFull = diskState == .low || desk.failure == .diskFull
        let hasLedgerFailed = diskState == .failed || desk.failure == .failed
        if isDiskFull { raise(Fault(.diskFull)) } else { lower(Fault(.diskFull)) }
        if hasLedgerFailed { raise(Fault(.ledgerFailed)) } else { lower(Fault(.ledgerFailed)) }
        suspend(.diskFull, if: isDiskFull, at: now)
        suspend(.ledgerFailed, if: hasLedgerFailed, at: now)
    }

    private mutating func suspend(_ cause: SuspendCause, if isSuspended: Bool, at now: Instant) {
        mode(isSuspended ? .suspendRaised(cause) : .suspendReleased(cause), at: now)
    }

    // MARK: - Shutdown

    mutating func stopRequested(at now: Instant) {
        guard shutdown == .none else { return }
        shutdown = .draining(until: now + settings.windows.draining)
        mode(.stopRequested, at: now)
        passage(.stopRequested, at: now)
    }

    private mutating func settleShutdown(at now: Instant) {
        switch shutdown {
        case .none, .finished: break
        case .draining:
            if !passages.state.isUnderWay, !passages.state.isStoring { recordStop(drained: true, at: now) }
        case .recording(let token, until: _):
            if !desk.isWaiting(for: token) { end(at: now) }
        }
    }

    private mutating func recordStop(drained: Bool, at now: Instant) {
        let token = append(.stopped(StopRecord(drained: drained)))
        shutdown = .recording(token, until: now + settings.windows.storing)
    }

    /// The time is over: what is under way ends as unconfirmed, and if even that cannot be stored, the next start
    /// finds the open acceptance and ends it.
    mutating func shutdownDeadlineReached(at now: Instant) {
        switch shutdown {
        case .none, .finished: break
        case .draining:
            passage(.drainingEnded, at: now)
            recordStop(drained: false, at: now)
        case .recording: end(at: now)
        }
    }

    private mutating func end(at now: Instant) {
        shutdown = .finished
        mode(.drained, at: now)
        finish()
    }
}

extension Passage {
    /// An acceptance whose storing is still under way.
    var isStoring: Bool {
        switch self {
        case .stranded(.storing), .storing: true
        case .stranded(.settled), .checking, .empty, .entering, .mouthBlocked, .settling, .measuring,
            .disturbed, .classifying, .shifting, .diverting, .carrying, .interfered, .passingExit, .dropping, .guarding,
            .clearing, .jammed, .handingBack, .offering, .notTaken:
            false
        }
    }
}
