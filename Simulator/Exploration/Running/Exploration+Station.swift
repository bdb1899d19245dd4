import Ledger
import SimulatedDisk
import Station
import Vocabulary

/// The station's machine: its start, its disk's turns, and its ends.
extension Exploration {
    func startStation() {
        guard incarnation == nil else { return }
        incarnations += 1
        if bootIsNew {
            boots += 1
            clocks.bootedAt = now
            bootIsNew = false
        }
        power.isOn = true
        plantBeforeStart()
        do throws(LedgerError) {
            let started = try Incarnation(number: incarnations, of: self)
            guard !disk.isOff else { throw LedgerError(.systemError, "The power went.") }
            incarnation = started
            tell("started as number \(incarnations), the ledger had answered \(account.count)")
            checkRecovery(started)
            begin(started)
        } catch {
            incarnation = nil
            power.isOn = false
            if disk.isOff {
                disk.cut(drawLoss(), seed: random.next())
                bootIsNew = true
            } else {
                disk.kill()
            }
            checkRefusedStart(error)
            // The supervisor starts it again.
            schedule(after: .seconds(5)) { $0.startStation() }
        }
    }

    private func begin(_ started: Incarnation) {
        trace.add(started.writer.identity.ledger)
        trace.add(account.count)
        started.simulation.observe = { [unowned self] event in note(event) }
        let number = started.number
        started.simulation.begin(started.driver)
        scheduleDiskLook(number)
        uplinkGoesOn(with: .wokeUp)
    }

    private func scheduleDiskLook(_ number: Int) {
        schedule(after: Self.diskLookPeriod) { exploration in
            guard exploration.incarnation?.number == number else { return }
            exploration.ledgerTurn()
            exploration.checkRetention()
            exploration.scheduleDiskLook(number)
        }
    }

    func drawLoss() -> SimulatedDisk.Loss {
        let all = SimulatedDisk.Loss.allCases
        return all[Int(random.next() % UInt64(all.count))]
    }

    // MARK: The ledger

    /// A record waits: the disk takes its time.
    func ledgerHasWork() {
        guard let incarnation, !incarnation.hasLedgerTurn else { return }
        incarnation.hasLedgerTurn = true
        let number = incarnation.number
        let delay = random.duration(in: .microseconds(200)...(.milliseconds(20))) * diskSlowness
        schedule(after: delay) { exploration in
            guard exploration.incarnation?.number == number else { return }
            exploration.ledgerTurn()
        }
    }

    func ledgerTurn() {
        guard let incarnation, power.isOn else { return }
        incarnation.hasLedgerTurn = false
        // As the writer's thread: when it had work it turns again, and with nothing left to do it corrects some hours.
        if incarnation.writer.performWaiting().hasWorked, power.isOn, !disk.isOff {
            incarnation.writer.performWaiting()
        }
        incarnation.ledger.turnEnded()
        learnOwnEntries()
    }

    /// An operator says that something else counts of an item.
    func correct(_ sequence: Int64, becomes: @escaping @Sendable (CountedItem) -> CountedItem?) {
        guard let incarnation, power.isOn, !disk.isOff else { return }
        // The disk may refuse; the operator tries again some other day.
        try? incarnation.writer.correctNow(sequence, by: "operator", why: "counted wrongly", becomes: becomes)
        incarnation.ledger.turnEnded()
        learnOwnEntries()
    }

    /// The writer makes entries of its own: of clocks, and of corrections. Nobody is answered for them.
    /// - Parameter sequence: those after this are not looked at yet; nil: up to the end.
    func learnOwnEntries(before sequence: Int64? = nil) {
        guard let incarnation, power.isOn, !disk.isOff else { return }
        // After a failure the writer does not know its own end; what came before is in the ledger all the same.
        guard let head = incarnation.writer.knownHead ?? (try? incarnation.reader.headNow()) else { return }
        let end = sequence ?? head.sequence + 1
        // A disk that refuses a few reads is asked again.
        for _ in 0..<Self.readsLimit where end > account.count + 1 {
            var isOwn = true
            try? incarnation.reader.visitNow(after: account.count) { entry, record, wallTime in
                isOwn = isOwn && record.isOfWriter && entry.sequence < end
                guard isOwn else { return }
                trace.add(entry.sequence)
                tell("the writer made entry \(entry.sequence): \(record)")
                if let (invariant, message) = account.add(record, at: wallTime) { violate(invariant, message) }
                uplinkHearsOfEntries()
            }
        }
    }

    /// Called by the writer, in the middle of its turn.
    func ledgerAnswered(_ event: StationEvent) {
        switch event {
        case .recordStored(let token, let sequence):
            trace.add(sequence)
            learnOwnEntries(before: sequence)
            if let (invariant, message) = account.stored(
                token, sequence: sequence, items: measuring?.items ?? [])
            {
                violate(invariant, message)
            }
            // The ledger's write-ahead log; what a checkpoint writes into the main file may wait, it is in the log.
            let unsynced = disk.unsyncedWrites(to: disk.folder + "/ledger.sqlite-wal")
            if unsynced > 0 {
                violate(
                    .answeredIsDurable, "entry \(sequence) was answered while \(unsynced) writes were not synced")
            }
            uplinkHearsOfEntries()
        case .recordFailed(let token, _):
            trace.add(-token.rawValue)
            account.failed(token)
        case .diskChanged(let state):
            trace.add(state.rawValue)
        case .lineChanged, .evidenceArrived, .referencesTaken, .classified, .binLevelRead, .deviceFound, .deviceLost,
            .driveFaultRead, .lineFailed, .lineWorked, .commanded, .settingsChanged, .deadlineReached, .stopRequested:
            break
        }
    }

    // MARK: The end of a machine

    /// The power went between two effects or in the middle of a write.
    func endIfPowerIsGone() {
        guard let incarnation else { return }
        if incarnation.controller.isFinished {
            // An orderly stop: everything is written, and the process ends by itself.
            incarnation.writer.stop()
            endProcess(restartAfter: .seconds(2))
        } else if !power.isOn || disk.isOff {
            cutPower()
        }
    }

    /// What was not synced is lost or kept, and everything is off until the power comes back.
    func cutPower() {
        endMachine { disk.cut(drawLoss(), seed: random.next()) }
        bootIsNew = true
        loseTrust(for: clockRandom.duration(in: .seconds(30)...(.seconds(600))))
        schedule(after: random.duration(in: .milliseconds(500)...(.seconds(40)))) { $0.startStation() }
    }

    /// Until the time service has been heard again, the wall clock runs by itself: right, or, one time in two, wrong by
    /// up to four days, as after a flat battery.
    func loseTrust(for duration: Duration) {
        clocks.isTrusted = false
        let range: Int64 = 96 * 3_600_000
        if clockRandom.next() % 2 == 0 {
            clocks.wallOffsetMilliseconds = Int64(clockRandom.next() % UInt64(2 * range)) - range
        }
        trustLosses += 1
        let loss = trustLosses
        schedule(after: duration) { exploration in
            guard exploration.trustLosses == loss else { return }
            exploration.clocks.wallOffsetMilliseconds = 0
            exploration.clocks.isTrusted = true
        }
    }

    /// The process dies, and the supervisor starts it again; the machine goes on.
    func endProcess(restartAfter delay: Duration) {
        endMachine { disk.kill() }
        schedule(after: delay) { $0.startStation() }
    }

    private func endMachine(_ endDisk: () -> Void) {
        guard incarnation != nil else { return }
        power.isOn = false
        power.effectsLeft = nil
        endDisk()
        tell("the machine has ended")
        incarnation?.end()
        incarnation = nil
        measuring = nil
        standsSince = nil
        forgottenSince = nil
        account.forgetPending()
        let now = now
        if settings.planted != .outputsOutliveTheDaemon {
            world.with { world in
                for line in OutputLine.allCases { world.set(line, false, at: now) }
            }
        }
        checkOutputsAreOff("the machine has ended")
    }
}

extension LedgerRecord {
    /// Whether the ledger's writer makes it by itself.
    fileprivate var isOfWriter: Bool {
        switch self {
        case .clockChanged, .hoursCorrected, .corrected: true
        case .started, .accepted, .ended, .refused, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped:
            false
        }
    }
}
