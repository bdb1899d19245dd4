import Drivers
import Modbus
import Station
import StationPorts
import Vocabulary

/// Who may use the bus next, and what an answer means for whom. A pure value: its thread makes the blocking calls that
/// `next` asks for and hands back what came of them.
///
/// Measurements go before polls, and polls by priority. A device that does not answer is only probed, ever more slowly,
/// and never while another is measuring. What is asked of a lost device or of a bus that is down fails at once.
struct BusScheduler: Sendable {
    static let reconnectFirst: Duration = .milliseconds(500)
    static let reconnectCap: Duration = .seconds(15)
    /// A connection is made anew when this many exchanges in a row met silence.
    static let silentExchangesLimit = 3
    static let badFrameRetriesLimit = 1
    /// A line that is never quiet is used all the same after so many silences in a row: the failure then has a name.
    static let strayInputLimit = 5

    enum Connection: Hashable, Sendable {
        case down(retryAt: Instant)
        /// Nothing answers on the connection: another is made, and only if that fails is the bus down.
        case renewing
        /// The bus must stay silent until `readyAt`.
        case up(readyAt: Instant)
    }

    /// What the bus's thread is to do now.
    enum Step: Hashable, Sendable {
        case connect
        /// Keep the line silent until then; no longer than the bus's gap.
        case silence(until: Instant)
        /// Make this exchange and hand its outcome to `exchanged`, or say `strayInputSeen` instead of making it.
        case exchange(ModbusRequest, unit: UInt8, within: ExchangeTiming)
        /// Nothing before this time, unless something is asked; nil: nothing at all.
        case wait(until: Instant?)
    }

    private(set) var connection: Connection
    let timing: BusTiming
    var devices: [ScheduledDevice]
    private var reconnect = Backoff(first: reconnectFirst, cap: reconnectCap)
    private var silentExchanges = 0
    private var strayInputs = 0
    /// The device whose exchange is being made.
    private var inFlight: Int?
    var events: [StationEvent] = []

    init(_ timing: BusTiming, devices: [ScheduledDevice], at now: Instant) {
        self.timing = timing
        self.devices = devices
        connection = .down(retryAt: now)
    }

    /// What happened since the last call.
    mutating func takeEvents() -> [StationEvent] {
        if events.isEmpty { return [] }
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    /// The readings that changed since the last call, of each device all of them.
    mutating func takeReadings() -> [(device: DeviceID, readings: [PointReading])] {
        var fresh: [(device: DeviceID, readings: [PointReading])] = []
        for index in devices.indices where devices[index].hasFreshReadings {
            guard let readings = devices[index].takeFreshReadings() else { continue }
            fresh.append((devices[index].settings.id, readings))
        }
        return fresh
    }

    // MARK: Asked from outside

    /// Asks one device about the item; exactly one `evidenceArrived` follows.
    mutating func measure(_ passage: PassageID, _ device: DeviceID, at now: Instant) {
        guard let index = devices.firstIndex(where: { $0.settings.id == device }) else { return }
        switch (connection, devices[index].breaker.failure) {
        case (.down, _):
            answer(passage, of: index, failed: .notConnected, at: now)
        case (.up, let failure?), (.renewing, let failure?):
            answer(passage, of: index, failed: failure, at: now)
        case (.up, nil), (.renewing, nil):
            guard devices[index].waitingPassages.count < ScheduledDevice.measurementsLimit else {
                return answer(passage, of: index, failed: .timeout, at: now)
            }
            devices[index].waitingPassages.append(passage)
        }
    }

    /// Lets a device take its references; exactly one `referencesTaken` follows.
    mutating func takeReferences(_ device: DeviceID, at now: Instant) {
        guard let index = devices.firstIndex(where: { $0.settings.id == device }) else { return }
        switch (connection, devices[index].breaker.failure) {
        case (.down, _): events.append(.referencesTaken(.failed(.notConnected, at: now)))
        case (.up, let failure?), (.renewing, let failure?):
            events.append(.referencesTaken(.failed(failure, at: now)))
        case (.up, nil), (.renewing, nil):
            // Asked twice before it was begun: one answer for each.
            if devices[index].isToTakeReferences { events.append(.referencesTaken(.failed(.unstable, at: now))) }
            devices[index].isToTakeReferences = true
        }
    }

    /// The bus is given up for good: everything still asked is answered.
    mutating func stop(at now: Instant) {
        for index in devices.indices {
            dropMeasurements(of: index, failed: .notConnected, at: now)
            dropReferences(of: index, failed: .notConnected, at: now)
        }
    }

    // MARK: The thread's loop

    mutating func next(at now: Instant) -> Step {
        let readyAt: Instant
        switch connection {
        case .down(let retryAt): return retryAt > now ? .wait(until: retryAt) : .connect
        case .renewing: return .connect
        case .up(let instant): readyAt = instant
        }
        for index in devices.indices { wake(index, at: now) }
        guard let index = chooseDevice(at: now),
            case .sending(_, let request, from: _, retries: _) = devices[index].activity
        else { return .wait(until: nextWakeTime()) }
        guard readyAt <= now else { return .silence(until: readyAt) }
        inFlight = index
        devices[index].servedAt = now
        let settings = devices[index].settings
        return .exchange(request, unit: settings.unit, within: timing.exchange(request, with: settings))
    }

    mutating func connected(at now: Instant) {
        if case .down = connection {
            for index in devices.indices {
                devices[index].nextPoll = now
                devices[index].breaker.busCame(at: now)
            }
        }
        connection = .up(readyAt: now + timing.badFrameSilence)
        silentExchanges = 0
    }

    mutating func connectFailed(at now: Instant) {
        goDown(at: now)
    }

    /// Instead of the exchange: bytes lay on the line that nobody asked for, and were dropped. The line must be quiet
    /// before the request is sent.
    /// - Returns: false if the line was never quiet, and the exchange is to be made all the same.
    mutating func strayInputSeen(at now: Instant) -> Bool {
        guard strayInputs < Self.strayInputLimit else {
            strayInputs = 0
            return false
        }
        strayInputs += 1
        inFlight = nil
        connection = .up(readyAt: now + timing.badFrameSilence)
        return true
    }

    /// Takes the outcome of the exchange that `next` asked for.
    mutating func exchanged(_ outcome: Result<ModbusAnswer, ExchangeFailure>, at now: Instant) {
        guard let index = inFlight,
            case .sending(let job, let request, from: _, let retries) = devices[index].activity
        else { return }
        inFlight = nil
        strayInputs = 0
        connection = .up(readyAt: now + timing.gap)
        switch outcome {
        case .success(let answer):
            silentExchanges = 0
            reconnect.succeeded()
            let step = devices[index].driver.next(DriverAnswer(answer), at: now)
            apply(step, job, of: index, at: now)
        case .failure(.disconnected):
            goDown(at: now)
        case .failure(.timeout):
            silentExchanges += 1
            devices[index].restsUntil = now + timing.lateAnswerRest(of: devices[index].settings)
            fail(job, .timeout, of: index, at: now)
            if timing.isStream, silentExchanges >= Self.silentExchangesLimit { connection = .renewing }
        case .failure(.badFrame):
            // Nobody knows where in a stream the next frame begins; a serial line shows it by silence.
            connection = timing.isStream ? .renewing : .up(readyAt: now + timing.badFrameSilence)
            badFrameCame(job, request, retries, of: index, at: now)
        case .failure(.exception(let code)):
            silentExchanges = 0
            refused(code, job, request, retries, of: index, at: now)
        }
    }

    private mutating func goDown(at now: Instant) {
        connection = .down(retryAt: now + reconnect.failed())
        inFlight = nil
        for index in devices.indices { busWent(index, at: now) }
    }
}

extension DriverAnswer {
    init(_ answer: ModbusAnswer) {
        switch answer {
        case .registers(let registers): self = .registers(registers)
        case .bits(let bits): self = .bits(bits)
        case .written: self = .written
        }
    }
}
