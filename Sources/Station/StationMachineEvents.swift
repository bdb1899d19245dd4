import Vocabulary

/// What each event means for the station: routed to the mode, the passage, or both.
extension StationMachine {
    mutating func take(_ event: StationEvent, at now: Instant) {
        switch event {
        case .lineChanged(let line, let isActive): lineChanged(line, isActive, at: now)
        case .evidenceArrived(let id, let reading):
            spectrumArrived(reading, at: now)
            passage(.evidenceArrived(id, reading), at: now)
        case .referencesTaken(let references): optics?.take(references, at: now)
        case .classified(let id, let classification):
            itemClassified(id, classification, at: now)
            passage(.classified(id, classification), at: now)
        case .recordStored(let token, let sequence): recordStored(token, sequence, at: now)
        case .recordFailed(let token, let failure): recordFailed(token, failure, at: now)
        case .binLevelRead(let bin, let level): binLevelRead(bin, level, at: now)
        case .deviceFound(let device): deviceFound(device, at: now)
        case .deviceLost(let device, _): deviceLost(device, at: now)
        case .driveFaultRead(let code): driveFaultRead(code, at: now)
        case .diskChanged(let state):
            diskState = state
            if state == .ample { retryRecords() }
        case .lineFailed(let line):
            failedLines.insert(line)
            raise(Fault(.lineFailed, subject: line))
            mode(.holdRaised(.lineFailed), at: now)
        case .lineWorked(let line):
            failedLines.remove(line)
            lower(Fault(.lineFailed, subject: line))
            if failedLines.isEmpty { mode(.holdReleased(.lineFailed), at: now) }
        case .commanded(let command, let person): commanded(command, person, at: now)
        case .settingsChanged(let settings): take(settings)
        case .deadlineReached: deadlineReached(at: now)
        case .stopRequested: stopRequested(at: now)
        }
    }

    private mutating func lineChanged(_ line: InputLine, _ isActive: Bool, at now: Instant) {
        setLevel(line, isActive: isActive)
        switch line {
        case .entryBeam: passage(.entryBeam(isBlocked: isActive), at: now)
        case .exitBeam: passage(.exitBeam(isBlocked: isActive), at: now)
        case .dropBeam: passage(.dropBeam(isBlocked: isActive), at: now)
        case .metal: passage(.metal(isActive: isActive), at: now)
        case .presence: passage(.presence(isActive: isActive), at: now)
        case .diverterHome: passage(.diverterHome(isActive: isActive), at: now)
        case .doorClosed: interlock(.doorOpen, .doorOpen, isClosed: isActive, at: now)
        case .emergencyStopCircuitClosed: interlock(.emergencyStop, .emergencyStop, isClosed: isActive, at: now)
        case .serviceKey: mode(.serviceKeyTurned(isOn: isActive), at: now)
        }
        if levels.allKnown { mode(.linesRead, at: now) }
    }

    private mutating func interlock(_ cause: AbortCause, _ fault: FaultCode, isClosed: Bool, at now: Instant) {
        if isClosed {
            lower(Fault(fault))
            mode(.interlockClosed(cause), at: now)
        } else {
            // First stop, then talk about it.
            mode(.interlockOpened(cause), at: now)
            raise(Fault(fault))
        }
    }

    private mutating func recordStored(_ token: RecordToken, _ sequence: Int64, at now: Instant) {
        guard let record = desk.stored(token) else { return }
        switch record {
        case .accepted: passage(.acceptanceStored(sequence: sequence), at: now)
        case .stopped, .started, .ended, .refused, .modeChanged, .faultRaised, .faultCleared, .commanded, .clockChanged,
            .hoursCorrected, .corrected:
            break
        }
    }

    private mutating func recordFailed(_ token: RecordToken, _ failure: StoreFailure, at now: Instant) {
        guard let record = desk.failed(token, failure, at: now) else { return }
        switch record {
        case .accepted: passage(.acceptanceFailed(failure), at: now)
        case .stopped, .started, .ended, .refused, .modeChanged, .faultRaised, .faultCleared, .commanded, .clockChanged,
            .hoursCorrected, .corrected:
            break
        }
    }

    private mutating func binLevelRead(_ bin: BinID, _ level: Measured<Int>, at now: Instant) {
        bins.take(level, of: bin, settings)
        reportBins()
    }

    private mutating func reportBins() {
        for bin in settings.bins.map(\.id) {
            let fault = Fault(.binFull, subject: bin.rawValue)
            if bins.full.contains(bin) { raise(fault) } else { lower(fault) }
        }
    }

    private mutating func deviceFound(_ device: DeviceID, at now: Instant) {
        lostDevices.remove(device)
        lower(Fault(.deviceLost, subject: device.rawValue))
        reportRequiredDevices(at: now)
    }

    private mutating func deviceLost(_ device: DeviceID, at now: Instant) {
        lostDevices.insert(device)
        raise(Fault(.deviceLost, subject: device.rawValue))
        reportRequiredDevices(at: now)
    }

    private mutating func reportRequiredDevices(at now: Instant) {
        let isLost = !lostDevices.isDisjoint(with: settings.requiredDevices)
        mode(isLost ? .holdRaised(.requiredDeviceLost) : .holdReleased(.requiredDeviceLost), at: now)
    }

    private mutating func driveFaultRead(_ code: UInt16, at now: Instant) {
        for fault in faults where fault.code == .driveFault && fault.subject != "\(code)" { lower(fault) }
        if code == 0 {
            mode(.holdReleased(.driveFault), at: now)
        } else {
            raise(Fault(.driveFault, subject: "\(code)"))
            mode(.holdRaised(.driveFault), at: now)
        }
    }

    private mutating func commanded(_ command: OperatorCommand, _ person: String, at now: Instant) {
        append(.commanded(CommandRecord(command: command, by: person)))
        switch command {
        case .clear:
            for fault in faults.sorted(by: { ($0.code.rawValue, $0.subject) < ($1.code.rawValue, $1.subject) })
            where fault.code.isCleared { lower(fault) }
            passages.consecutiveUnconfirmed = 0
            mode(.cleared, at: now)
        case .binEmptied(let bin):
            bins.wasEmptied(bin)
            reportBins()
        }
    }

    private mutating func deadlineReached(at now: Instant) {
        if let retryAt = desk.retryAt, retryAt <= now { retryRecords() }
        if let deadline = passages.state.deadline, deadline <= now { passage(.deadlineReached, at: now) }
        if let deadline = shutdown.deadline, deadline <= now { shutdownDeadlineReached(at: now) }
    }
}

extension FaultCode {
    /// Ended by an operator's clear; the others end when their condition does.
    var isCleared: Bool {
        switch self {
        case .arrivalJam, .sensorJam, .diverterStuck, .dropUnconfirmed, .beamOrder, .fishing: true
        case .itemNotTaken, .entryBlocked, .emergencyStop, .doorOpen, .binFull, .diskFull, .ledgerFailed,
            .deviceLost, .lineFailed, .driveFault, .referenceDrift:
            false
        }
    }
}
