import Drivers
import Modbus
import Station
import StationConfig
import Vocabulary

/// One device as its bus's scheduler sees it: what it is at, whether it is alive, and what is still asked of it.
///
/// What the scheduler looks at for every request is inlined: a call would hand it a copy of the whole device.
struct ScheduledDevice: Sendable {
    /// Passages that wait for the device beyond the one being measured; one more is answered with a failure.
    static let measurementsLimit = 4
    /// A device has at most so many points; what a driver tells beyond them is left out.
    static let pointsLimit = 64
    /// A device that waits for its turn gains at most so many steps of priority.
    static let agingLimit = 100

    enum Job: Hashable, Sendable {
        case poll
        case measurement(PassageID)
        case references

        var isMeasurement: Bool {
            switch self {
            case .poll, .references: false
            case .measurement: true
            }
        }
    }

    enum Activity: Hashable, Sendable {
        case resting
        case paused(Job, until: Instant)
        /// A request that may be sent from a certain time on, and how often it was sent before.
        case sending(Job, ModbusRequest, from: Instant, retries: Retries)
    }

    /// How often one request was repeated.
    struct Retries: Hashable, Sendable {
        var afterBadFrame = 0
        var afterException = 0
    }

    let settings: DeviceSettings
    var driver: any DeviceDriver
    var activity = Activity.resting
    var breaker = CircuitBreaker()
    var nextPoll: Instant
    var waitingPassages: [PassageID] = []
    /// Its references are to be taken as soon as nothing else is asked of it.
    var isToTakeReferences = false
    /// When the device last had the bus: of equals the one that waited longest comes first.
    var servedAt: Instant
    /// An answer that comes late must not meet the next request: nothing is asked before this.
    var restsUntil: Instant
    var levels: LevelReports
    var lines: RemoteLines
    /// Outputs were commanded since the last task began.
    var isCommanded = false
    var driveFault: UInt16?
    private(set) var readings: [PointReading] = []
    /// Whether `readings` changed since they were last taken.
    private(set) var hasFreshReadings = false

    init(
        _ settings: DeviceSettings, driver: any DeviceDriver, bins: [BinID], lines: RemoteLines = RemoteLines(),
        at now: Instant
    ) {
        self.settings = settings
        self.driver = driver
        nextPoll = now
        servedAt = now
        restsUntil = now
        levels = LevelReports(bins: bins)
        self.lines = lines
    }

    @inline(__always) var isLost: Bool { breaker.failure != nil }

    @inline(__always) var job: Job? {
        switch activity {
        case .resting: nil
        case .paused(let job, until: _), .sending(let job, _, from: _, retries: _): job
        }
    }

    /// Whether an item waits for this device.
    @inline(__always) var isMeasuring: Bool { job?.isMeasurement == true || !waitingPassages.isEmpty }

    /// What a request that may be sent now is for; nil if there is none.
    @inline(__always) func jobToSend(at now: Instant) -> Job? {
        switch activity {
        case .resting, .paused: nil
        case .sending(let job, _, let from, retries: _): from <= now ? job : nil
        }
    }

    /// When the next poll, or the probe of a device that was given up, is due: commands do not wait for their period.
    @inline(__always) var pollDue: Instant {
        max(breaker.probeAt ?? (isCommanded ? restsUntil : nextPoll), restsUntil)
    }

    /// When this device wants something next, given that it is left alone until then.
    @inline(__always) var wakeTime: Instant {
        switch activity {
        case .resting: waitingPassages.isEmpty && !isToTakeReferences ? pollDue : restsUntil
        case .paused(_, let until): until
        case .sending(_, _, let from, retries: _): from
        }
    }

    /// The configured priority and one step for every period that the device waits: nobody waits for ever.
    @inline(__always) func urgency(at now: Instant) -> Int {
        let waited = (now - servedAt).inNanoseconds / max(1, settings.period.inNanoseconds)
        return settings.priority + Int(min(waited, Int64(Self.agingLimit)))
    }

    /// A failed reading for what was asked of the device; nil if only its being alive was asked.
    func evidence(failed failure: ReadingFailure, at now: Instant) -> EvidenceReading? {
        switch settings.driver.role {
        case .evidence(let source): .failed(source, failure, at: now)
        case .binLevel, .drive, .remoteIO, .monitor: nil
        }
    }

    /// The next poll one period after the last was due; polls that were missed are not made up for.
    mutating func schedulePoll(at now: Instant) {
        let next = nextPoll + settings.period
        nextPoll = next > now ? next : now + settings.period
    }

    mutating func take(_ samples: [PointSample]) {
        for (place, sample) in samples.enumerated() {
            // Drivers tell their points in one order: as a rule each is where it was.
            if readings.indices.contains(place), readings[place].point == sample.point {
                readings[place].take(sample.value)
            } else if let index = readings.firstIndex(where: { $0.point == sample.point }) {
                readings[index].take(sample.value)
            } else if readings.count < Self.pointsLimit {
                readings.append(PointReading(sample))
            }
        }
        hasFreshReadings = hasFreshReadings || !samples.isEmpty
    }

    /// What was told before is no longer the device's state.
    mutating func pointsFailed(_ failure: ReadingFailure, at now: Instant) {
        for index in readings.indices { readings[index].take(.failed(failure, at: now)) }
        hasFreshReadings = hasFreshReadings || !readings.isEmpty
    }

    /// - Returns: nil if nothing has changed since the last call.
    mutating func takeFreshReadings() -> [PointReading]? {
        guard hasFreshReadings else { return nil }
        hasFreshReadings = false
        return readings
    }
}

extension EvidenceReading {
    static func failed(_ source: EvidenceSource, _ failure: ReadingFailure, at now: Instant) -> EvidenceReading {
        switch source {
        case .scale: .mass(.failed(failure, at: now))
        case .tagReader: .tag(.failed(failure, at: now))
        case .nirHead: .spectrum(.failed(failure, at: now))
        }
    }
}
