import Drivers
import Modbus
import Station
import StationPorts
import Vocabulary

/// What became of a task, and who has to know.
extension BusScheduler {
    mutating func apply(_ step: DriverStep, _ job: ScheduledDevice.Job, of index: Int, at now: Instant) {
        switch step {
        case .send(let request):
            devices[index].activity = .sending(job, request, from: now, retries: .init())
        case .pause(let until):
            devices[index].activity = .paused(job, until: until)
        case .done(let result, let samples):
            finish(job, of: index, at: now)
            devices[index].take(samples)
            if devices[index].breaker.succeeded() { events.append(.deviceFound(devices[index].settings.id)) }
            report(result, job, of: index)
        case .failed(let failure):
            fail(job, failure, of: index, at: now)
        }
    }

    mutating func badFrameCame(
        _ job: ScheduledDevice.Job, _ request: ModbusRequest, _ retries: ScheduledDevice.Retries, of index: Int,
        at now: Instant
    ) {
        var retries = retries
        guard retries.afterBadFrame < Self.badFrameRetriesLimit else { return fail(job, .badFrame, of: index, at: now) }
        retries.afterBadFrame += 1
        devices[index].activity = .sending(job, request, from: now, retries: retries)
    }

    mutating func refused(
        _ code: UInt8, _ job: ScheduledDevice.Job, _ request: ModbusRequest, _ retries: ScheduledDevice.Retries,
        of index: Int, at now: Instant
    ) {
        var retries = retries
        // A unit that was given up is probed once: it costs the others no repetitions.
        guard !devices[index].isLost, let retry = ExceptionRetry(code: code), retries.afterException < retry.limit
        else {
            return fail(job, ExchangeFailure.exception(code).readingFailure, of: index, at: now)
        }
        retries.afterException += 1
        devices[index].activity = .sending(job, request, from: now + retry.pause, retries: retries)
    }

    /// Only a poll puts off the next one: a device that is asked about one item after the other would never be polled.
    private mutating func finish(_ job: ScheduledDevice.Job, of index: Int, at now: Instant) {
        devices[index].activity = .resting
        switch job {
        case .poll: devices[index].schedulePoll(at: now)
        case .measurement, .references: break
        }
    }

    mutating func fail(_ job: ScheduledDevice.Job, _ failure: ReadingFailure, of index: Int, at now: Instant) {
        finish(job, of: index, at: now)
        devices[index].pointsFailed(failure, at: now)
        switch job {
        case .poll: break
        case .measurement(let passage): answer(passage, of: index, failed: failure, at: now)
        case .references: events.append(.referencesTaken(.failed(failure, at: now)))
        }
        if devices[index].breaker.failed(failure, at: now) { lose(index, failure, at: now) }
        reportLevel(.failed(failure, at: now), of: index)
    }

    /// Says that a device is lost; nobody waits for it any longer.
    private mutating func lose(_ index: Int, _ failure: ReadingFailure, at now: Instant) {
        events.append(.deviceLost(devices[index].settings.id, failure))
        devices[index].driveFault = nil
        events += devices[index].lines.lost()
        dropMeasurements(of: index, failed: failure, at: now)
        dropReferences(of: index, failed: failure, at: now)
    }

    mutating func busWent(_ index: Int, at now: Instant) {
        dropMeasurements(of: index, failed: .notConnected, at: now)
        dropReferences(of: index, failed: .notConnected, at: now)
        devices[index].activity = .resting
        devices[index].pointsFailed(.notConnected, at: now)
        guard devices[index].breaker.busWent(at: now) else { return }
        lose(index, .notConnected, at: now)
        reportLevel(.failed(.notConnected, at: now), of: index)
    }

    mutating func dropMeasurements(of index: Int, failed failure: ReadingFailure, at now: Instant) {
        if case .measurement(let passage) = devices[index].job {
            devices[index].activity = .resting
            answer(passage, of: index, failed: failure, at: now)
        }
        let passages = devices[index].waitingPassages
        devices[index].waitingPassages = []
        for passage in passages { answer(passage, of: index, failed: failure, at: now) }
    }

    mutating func dropReferences(of index: Int, failed failure: ReadingFailure, at now: Instant) {
        if devices[index].job == .references {
            devices[index].activity = .resting
            events.append(.referencesTaken(.failed(failure, at: now)))
        }
        guard devices[index].isToTakeReferences else { return }
        devices[index].isToTakeReferences = false
        events.append(.referencesTaken(.failed(failure, at: now)))
    }

    mutating func answer(_ passage: PassageID, of index: Int, failed failure: ReadingFailure, at now: Instant) {
        guard let evidence = devices[index].evidence(failed: failure, at: now) else { return }
        events.append(.evidenceArrived(passage, evidence))
    }

    private mutating func report(_ result: DriverResult, _ job: ScheduledDevice.Job, of index: Int) {
        switch result {
        case .alive:
            break
        case .evidence(let evidence):
            if case .measurement(let passage) = job { events.append(.evidenceArrived(passage, evidence)) }
        case .references(let references):
            if job == .references { events.append(.referencesTaken(references)) }
        case .binLevel(let level):
            reportLevel(level, of: index)
        case .driveFault(let code):
            guard devices[index].driveFault != code else { return }
            devices[index].driveFault = code
            events.append(.driveFaultRead(code))
        case .remoteInputs(let levels):
            events += devices[index].lines.take(levels)
        }
    }

    private mutating func reportLevel(_ level: Measured<Int>, of index: Int) {
        events += devices[index].levels.take(level)
    }
}
