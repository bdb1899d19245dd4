import Station
import StationConfig
import Vocabulary

/// One device as its bus's scheduler sees it: what it is at, whether it is alive, and what is still asked of it.
struct ScheduledDevice: Sendable {
    /// Passages that wait for the device beyond the one being measured; one more is answered with a failure.
    static let measurementsLimit = 4
    /// An alive device is lost after this many failed tasks in a row.
    static let failuresLimit = 2
    static let probeFirst: Duration = .seconds(1)
    static let probeCap: Duration = .seconds(30)

    enum Job: Hashable, Sendable {
        case poll
        case measurement(PassageID)

        var isMeasurement: Bool {
            switch self {
            case .poll: false
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
        var afterBusy = 0
    }

    enum Health: Hashable, Sendable {
        /// Never heard nor missed.
        case unknown
        case alive(failuresInRow: Int)
        case lost(ReadingFailure)
    }

    let settings: DeviceSettings
    var driver: any DeviceDriver
    var activity = Activity.resting
    var health = Health.unknown
    var nextPoll: Instant
    var probe = Backoff(first: probeFirst, cap: probeCap)
    var waitingPassages: [PassageID] = []
    /// When the device last had the bus: the one that waited longest comes first.
    var servedAt: Instant
    var levels: LevelReports
    var driveFault: UInt16?

    init(_ settings: DeviceSettings, driver: any DeviceDriver, bins: [BinID], at now: Instant) {
        self.settings = settings
        self.driver = driver
        nextPoll = now
        servedAt = now
        levels = LevelReports(bins: bins)
    }

    var isLost: Bool {
        switch health {
        case .lost: true
        case .unknown, .alive: false
        }
    }

    var job: Job? {
        switch activity {
        case .resting: nil
        case .paused(let job, until: _), .sending(let job, _, from: _, retries: _): job
        }
    }

    /// When this device wants something next, given that it is left alone until then.
    var wakeTime: Instant {
        switch activity {
        case .resting: nextPoll
        case .paused(_, let until): until
        case .sending(_, _, let from, retries: _): from
        }
    }

    /// A failed reading for what was asked of the device; nil if only its being alive was asked.
    func evidence(failed failure: ReadingFailure, at now: Instant) -> EvidenceReading? {
        switch settings.driver.role {
        case .evidence(let source): .failed(source, failure, at: now)
        case .binLevel, .drive: nil
        }
    }

    /// Counts a failed task.
    /// - Returns: true if the device is lost now and was not before.
    mutating func taskFailed(_ failure: ReadingFailure, at now: Instant) -> Bool {
        switch health {
        case .alive(let failures) where failures + 1 < Self.failuresLimit:
            health = .alive(failuresInRow: failures + 1)
            return false
        case .unknown, .alive:
            health = .lost(failure)
            nextPoll = now + max(settings.period, probe.failed())
            return true
        case .lost:
            health = .lost(failure)
            nextPoll = now + max(settings.period, probe.failed())
            return false
        }
    }

    /// - Returns: true if the device was not known to be alive before.
    mutating func taskSucceeded() -> Bool {
        probe.succeeded()
        switch health {
        case .alive:
            health = .alive(failuresInRow: 0)
            return false
        case .unknown, .lost:
            health = .alive(failuresInRow: 0)
            return true
        }
    }

    /// The next poll one period after the last was due; polls that were missed are not made up for.
    mutating func schedulePoll(at now: Instant) {
        let next = nextPoll + settings.period
        nextPoll = next > now ? next : now + settings.period
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

/// Decides which level readings are worth an event: changes, and every so often one that says "still so".
struct LevelReports: Hashable, Sendable {
    /// At least every so many polls one is reported.
    static let pollsLimit = 10

    private enum Content: Hashable {
        case missing
        case good(Int)
        case failed(ReadingFailure)
    }

    /// The bins below the sensor.
    let bins: [BinID]
    private var last = Content.missing
    private var pollsSinceReport = 0

    init(bins: [BinID]) {
        self.bins = bins
    }

    mutating func take(_ level: Measured<Int>) -> [StationEvent] {
        let content: Content =
            switch level {
            case .missing: .missing
            case .good(let value, at: _): .good(value)
            case .failed(let failure, at: _): .failed(failure)
            }
        pollsSinceReport += 1
        guard content != last || pollsSinceReport >= Self.pollsLimit else { return [] }
        last = content
        pollsSinceReport = 0
        return bins.map { .binLevelRead($0, level) }
    }
}
