import Station
import StationPorts
import Vocabulary

/// Who may use the bus next, and what an answer means for whom. A pure value: its thread makes the blocking calls that
/// `next` asks for and hands back what came of them.
///
/// Measurements go before polls. A device that does not answer is lost and only probed, ever more slowly, and never
/// while another is measuring. What is asked of a lost device or of a bus that is down fails at once.
struct BusScheduler: Sendable {
    static let reconnectFirst: Duration = .milliseconds(500)
    static let reconnectCap: Duration = .seconds(15)
    /// A connection is made anew when this many exchanges in a row met silence.
    static let silentExchangesLimit = 3
    static let badFrameRetriesLimit = 1
    static let busyRetriesLimit = 3
    /// How long a device that says "busy" is left alone.
    static let busyPause: Duration = .milliseconds(50)

    enum Connection: Hashable, Sendable {
        case down(retryAt: Instant)
        /// The bus must stay silent until `readyAt`.
        case up(readyAt: Instant)
    }

    /// What the bus's thread is to do now.
    enum Step: Hashable, Sendable {
        case connect
        /// Make this exchange and hand its outcome to `exchanged`.
        case exchange(ModbusRequest, unit: UInt8)
        /// Nothing before this time, unless something is asked; nil: nothing at all.
        case wait(until: Instant?)
    }

    private(set) var connection: Connection
    private let timing: BusTiming
    private var devices: [ScheduledDevice]
    private var reconnect = Backoff(first: reconnectFirst, cap: reconnectCap)
    private var silentExchanges = 0
    /// The device whose exchange is being made.
    private var inFlight: Int?
    private var events: [StationEvent] = []

    init(_ timing: BusTiming, devices: [ScheduledDevice], at now: Instant) {
        self.timing = timing
        self.devices = devices
        connection = .down(retryAt: now)
    }

    /// What happened since the last call.
    mutating func takeEvents() -> [StationEvent] {
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    // MARK: Asked from outside

    /// Asks one device about the item; exactly one `evidenceArrived` follows.
    mutating func measure(_ passage: PassageID, _ device: DeviceID, at now: Instant) {
        guard let index = devices.firstIndex(where: { $0.settings.id == device }) else { return }
        switch (connection, devices[index].health) {
        case (.down, _):
            answer(passage, of: index, failed: .notConnected, at: now)
        case (.up, .lost(let failure)):
            answer(passage, of: index, failed: failure, at: now)
        case (.up, .unknown), (.up, .alive):
            guard devices[index].waitingPassages.count < ScheduledDevice.measurementsLimit else {
                return answer(passage, of: index, failed: .timeout, at: now)
            }
            devices[index].waitingPassages.append(passage)
        }
    }

    /// The bus is given up for good: everything still asked is answered.
    mutating func stop(at now: Instant) {
        for index in devices.indices { dropMeasurements(of: index, failed: .notConnected, at: now) }
    }

    // MARK: The thread's loop

    mutating func next(at now: Instant) -> Step {
        guard case .up(let readyAt) = connection else {
            if case .down(let retryAt) = connection, retryAt > now { return .wait(until: retryAt) }
            return .connect
        }
        for index in devices.indices { wake(index, at: now) }
        guard let index = chooseDevice(at: now),
            case .sending(_, let request, from: _, retries: _) = devices[index].activity
        else { return .wait(until: nextWakeTime()) }
        guard readyAt <= now else { return .wait(until: readyAt) }
        inFlight = index
        devices[index].servedAt = now
        return .exchange(request, unit: devices[index].settings.unit)
    }

    mutating func connected(at now: Instant) {
        connection = .up(readyAt: now + timing.gap)
        silentExchanges = 0
        for index in devices.indices {
            devices[index].nextPoll = now
            devices[index].probe.succeeded()
        }
    }

    mutating func connectFailed(at now: Instant) {
        goDown(at: now)
    }

    /// Takes the outcome of the exchange that `next` asked for.
    mutating func exchanged(_ outcome: Result<[UInt16], ExchangeFailure>, at now: Instant) {
        guard let index = inFlight,
            case .sending(let job, let request, from: _, let retries) = devices[index].activity
        else { return }
        inFlight = nil
        connection = .up(readyAt: now + timing.gap)
        switch outcome {
        case .success(let registers) where registers.count == request.answerCount:
            silentExchanges = 0
            reconnect.succeeded()
            let step = devices[index].driver.next(.registers(registers), at: now)
            apply(step, job, of: index, at: now)
        case .success:
            exchangeFailed(.badFrame, job, request, retries, of: index, at: now)
        case .failure(let failure):
            exchangeFailed(failure, job, request, retries, of: index, at: now)
        }
    }
}

// MARK: Choosing

extension BusScheduler {
    /// Ends a pause that is over and begins what is due.
    private mutating func wake(_ index: Int, at now: Instant) {
        switch devices[index].activity {
        case .paused(let job, let until) where until <= now:
            let step = devices[index].driver.next(.pauseOver, at: now)
            apply(step, job, of: index, at: now)
        case .paused, .sending, .resting:
            break
        }
        // A poll can be repeated later, an item does not wait: a measurement pushes it aside.
        if devices[index].job?.isMeasurement != true, !devices[index].waitingPassages.isEmpty {
            let passage = devices[index].waitingPassages.removeFirst()
            begin(.measure, .measurement(passage), of: index, at: now)
        } else if devices[index].activity == .resting, isPollDue(index, at: now) {
            begin(.poll, .poll, of: index, at: now)
        }
    }

    private func isPollDue(_ index: Int, at now: Instant) -> Bool {
        devices[index].nextPoll <= now && !(devices[index].isLost && isMeasuring)
    }

    private var isMeasuring: Bool {
        devices.contains { $0.job?.isMeasurement == true || !$0.waitingPassages.isEmpty }
    }

    private mutating func begin(_ task: DriverTask, _ job: ScheduledDevice.Job, of index: Int, at now: Instant) {
        let step = devices[index].driver.begin(task, at: now)
        apply(step, job, of: index, at: now)
    }

    /// The device that may send now: measurements first, probes of lost devices last, then who waited longest.
    private func chooseDevice(at now: Instant) -> Int? {
        let candidates = devices.indices.filter { index in
            guard case .sending(let job, _, let from, retries: _) = devices[index].activity else { return false }
            return from <= now && (job.isMeasurement || !devices[index].isLost || !isMeasuring)
        }
        return candidates.min { rank($0) < rank($1) }
    }

    private func rank(_ index: Int) -> (Int, Instant) {
        let device = devices[index]
        let urgency = device.job?.isMeasurement == true ? 0 : device.isLost ? 2 : 1
        return (urgency, device.servedAt)
    }

    /// Devices that are held back while another measures are woken by that one's steps.
    private func nextWakeTime() -> Instant? {
        devices.filter { !($0.isLost && isMeasuring) }.map(\.wakeTime).min()
    }
}

// MARK: Outcomes

extension BusScheduler {
    private mutating func apply(_ step: DriverStep, _ job: ScheduledDevice.Job, of index: Int, at now: Instant) {
        switch step {
        case .send(let request):
            devices[index].activity = .sending(job, request, from: now, retries: .init())
        case .pause(let until):
            devices[index].activity = .paused(job, until: until)
        case .done(let result):
            finish(index, at: now)
            if devices[index].taskSucceeded() { events.append(.deviceFound(devices[index].settings.id)) }
            report(result, job, of: index)
        case .failed(let failure):
            fail(job, failure, of: index, at: now)
        }
    }

    private mutating func exchangeFailed(
        _ failure: ExchangeFailure, _ job: ScheduledDevice.Job, _ request: ModbusRequest,
        _ retries: ScheduledDevice.Retries, of index: Int, at now: Instant
    ) {
        var retries = retries
        switch failure {
        case .disconnected:
            return goDown(at: now)
        case .timeout:
            silentExchanges += 1
            fail(job, failure.readingFailure, of: index, at: now)
            if timing.reconnectsAfterSilence, silentExchanges >= Self.silentExchangesLimit { goDown(at: now) }
        case .badFrame:
            connection = .up(readyAt: now + timing.badFrameSilence)
            guard retries.afterBadFrame < Self.badFrameRetriesLimit else {
                return fail(job, failure.readingFailure, of: index, at: now)
            }
            retries.afterBadFrame += 1
            devices[index].activity = .sending(job, request, from: now, retries: retries)
        case .exception(let code):
            silentExchanges = 0
            guard ModbusException.isPassing(code), retries.afterBusy < Self.busyRetriesLimit else {
                return fail(job, failure.readingFailure, of: index, at: now)
            }
            retries.afterBusy += 1
            devices[index].activity = .sending(job, request, from: now + Self.busyPause, retries: retries)
        }
    }

    private mutating func finish(_ index: Int, at now: Instant) {
        devices[index].activity = .resting
        devices[index].schedulePoll(at: now)
    }

    private mutating func fail(
        _ job: ScheduledDevice.Job, _ failure: ReadingFailure, of index: Int, at now: Instant
    ) {
        finish(index, at: now)
        if case .measurement(let passage) = job { answer(passage, of: index, failed: failure, at: now) }
        if devices[index].taskFailed(failure, at: now) { lose(index, failure, at: now) }
        reportLevel(.failed(failure, at: now), of: index)
    }

    /// Says that a device is lost; nobody waits for it any longer.
    private mutating func lose(_ index: Int, _ failure: ReadingFailure, at now: Instant) {
        events.append(.deviceLost(devices[index].settings.id, failure))
        devices[index].driveFault = nil
        dropMeasurements(of: index, failed: failure, at: now)
    }

    private mutating func goDown(at now: Instant) {
        connection = .down(retryAt: now + reconnect.failed())
        for index in devices.indices {
            dropMeasurements(of: index, failed: .notConnected, at: now)
            devices[index].activity = .resting
            guard !devices[index].isLost else { continue }
            devices[index].health = .lost(.notConnected)
            lose(index, .notConnected, at: now)
            reportLevel(.failed(.notConnected, at: now), of: index)
        }
    }

    private mutating func dropMeasurements(of index: Int, failed failure: ReadingFailure, at now: Instant) {
        if case .measurement(let passage) = devices[index].job {
            devices[index].activity = .resting
            answer(passage, of: index, failed: failure, at: now)
        }
        let passages = devices[index].waitingPassages
        devices[index].waitingPassages = []
        for passage in passages { answer(passage, of: index, failed: failure, at: now) }
    }

    private mutating func answer(
        _ passage: PassageID, of index: Int, failed failure: ReadingFailure, at now: Instant
    ) {
        guard let evidence = devices[index].evidence(failed: failure, at: now) else { return }
        events.append(.evidenceArrived(passage, evidence))
    }

    private mutating func report(_ result: DriverResult, _ job: ScheduledDevice.Job, of index: Int) {
        switch result {
        case .alive:
            break
        case .evidence(let evidence):
            if case .measurement(let passage) = job { events.append(.evidenceArrived(passage, evidence)) }
        case .binLevel(let level):
            reportLevel(level, of: index)
        case .driveFault(let code):
            guard devices[index].driveFault != code else { return }
            devices[index].driveFault = code
            events.append(.driveFaultRead(code))
        }
    }

    private mutating func reportLevel(_ level: Measured<Int>, of index: Int) {
        events += devices[index].levels.take(level)
    }
}
