import StationPorts
import Synchronization
import Vocabulary

/// The measuring devices in virtual time: each source answers when a real one on its bus would.
///
/// Only the devices' ways of answering are here: how long a scale must stand still, how often a reader is asked.
public final class SimulatedMeasuring: MeasuringPort {
    /// Times of a real bus, as a driver would see them.
    private enum Pace {
        static let scalePolls: Duration = .milliseconds(30)
        static let scaleGivesUpAfter: Duration = .milliseconds(1500)
        static let tagPolls: Duration = .milliseconds(100)
        static let tagAttempts = 3
        static let headPolls: Duration = .milliseconds(20)
        static let spectrumTransfers: Duration = .milliseconds(60)
        static let answers: Duration = .milliseconds(15)
        static let timesOutAfter: Duration = .milliseconds(300)
    }

    private struct Task {
        enum Step {
            case scale(givesUpAt: Instant)
            case tag(attemptsLeft: Int)
            case spectrum(isTriggered: Bool)
            case references(isTriggered: Bool)
            /// The failure is known only then.
            case failure(EvidenceSource, ReadingFailure)
        }
        /// Whose answer it is; nil for the references, which are nobody's.
        var passage: PassageID?
        var due: Instant
        var step: Step
    }

    private let world: SharedWorld
    private let clock: VirtualClock
    private let mailbox: VirtualMailbox
    private let tasks = Mutex<[Task]>([])

    public init(world: SharedWorld, clock: VirtualClock, mailbox: VirtualMailbox) {
        self.world = world
        self.clock = clock
        self.mailbox = mailbox
    }

    public func measure(_ passage: PassageID, _ sources: Set<EvidenceSource>) {
        let now = clock.now
        // In a fixed order, because a set has none and the run must be repeatable.
        for source in EvidenceSource.allCases where sources.contains(source) {
            let task = firstTask(passage, source, at: now)
            tasks.withLock { $0.append(task) }
        }
    }

    public func takeReferences() {
        let now = clock.now
        let step: Task.Step? =
            switch world.with({ $0.condition(of: .nirHead) }) {
            case .working: .references(isTriggered: false)
            case .silent, .busy, .badChecksum: nil
            }
        guard let step else { return mailbox.post(.referencesTaken(.failed(.notConnected, at: now)), at: now) }
        tasks.withLock {
            $0.append(Task(passage: nil, due: now.advanced(by: Pace.answers), step: step))
        }
    }

    /// Drops what is under way, as the end of a process does.
    func abandon() {
        tasks.withLock { $0.removeAll() }
    }

    /// When `proceed` has something to do.
    public var nextDeadline: Instant? {
        tasks.withLock { tasks in tasks.lazy.map(\.due).min() }
    }

    /// Takes every step that is due.
    public func proceed(at now: Instant) {
        let due = tasks.withLock { tasks in
            let due = tasks.filter { $0.due <= now }
            tasks.removeAll { $0.due <= now }
            return due
        }
        for task in due {
            switch proceed(task, at: now) {
            case .next(let task): tasks.withLock { $0.append(task) }
            case .answer(let reading):
                if let passage = task.passage { mailbox.post(.evidenceArrived(passage, reading), at: now) }
            case .references(let references): mailbox.post(.referencesTaken(references), at: now)
            }
        }
    }

    private enum Progress {
        case next(Task)
        case answer(EvidenceReading)
        case references(Measured<HeadReferences>)
    }

    private func firstTask(_ passage: PassageID, _ source: EvidenceSource, at now: Instant) -> Task {
        let condition = world.with { $0.condition(of: source.device) }
        let soon = now.advanced(by: Pace.answers)
        switch condition {
        case .working:
            let step: Task.Step =
                switch source {
                case .scale: .scale(givesUpAt: now.advanced(by: Pace.scaleGivesUpAfter))
                case .tagReader: .tag(attemptsLeft: Pace.tagAttempts)
                case .nirHead: .spectrum(isTriggered: false)
                }
            return Task(passage: passage, due: soon, step: step)
        case .silent:
            return Task(
                passage: passage, due: now.advanced(by: Pace.timesOutAfter), step: .failure(source, .timeout))
        case .busy:
            return Task(passage: passage, due: soon, step: .failure(source, .refused))
        case .badChecksum:
            return Task(passage: passage, due: soon, step: .failure(source, .badFrame))
        }
    }

    private func proceed(_ task: Task, at now: Instant) -> Progress {
        var task = task
        switch task.step {
        case .scale(let givesUpAt):
            let (isStable, netDecigrams) = world.with { world in
                (
                    world.scale.isStable(at: now),
                    Int64(world.scale.grossDecigrams(at: now) - world.scale.emptyDecigrams(at: now))
                )
            }
            if isStable { return .answer(.mass(.good(Mass(milligrams: netDecigrams * 100), at: now))) }
            guard now < givesUpAt else { return .answer(.mass(.failed(.unstable, at: now))) }
            task.due = now.advanced(by: Pace.scalePolls)
        case .tag(let attemptsLeft):
            if let tag = world.with({ $0.tagReader.poll() }) { return .answer(.tag(.good(.tag(tag), at: now))) }
            guard attemptsLeft > 1 else { return .answer(.tag(.good(.noTag, at: now))) }
            task.step = .tag(attemptsLeft: attemptsLeft - 1)
            task.due = now.advanced(by: Pace.tagPolls)
        case .references(isTriggered: false):
            world.with { $0.nirHead.takeReferences(at: now) }
            task.step = .references(isTriggered: true)
            task.due = now.advanced(by: Timing.nirTakesReferences).advanced(by: Pace.spectrumTransfers)
        case .references(isTriggered: true):
            return .references(world.with { $0.nirHead.references(at: now) })
        case .spectrum(isTriggered: false):
            guard world.with({ $0.nirHead.isFree }) else {
                // An item that comes while the references are being taken waits for them.
                task.due = now.advanced(by: Pace.headPolls)
                return .next(task)
            }
            world.with { $0.nirHead.trigger(at: now) }
            task.step = .spectrum(isTriggered: true)
            task.due = now.advanced(by: Timing.nirMeasures).advanced(by: Pace.spectrumTransfers)
        case .spectrum(isTriggered: true):
            let spectrum = world.with { $0.nirHead.lampHasFailed ? nil : $0.nirHead.last }
            guard let spectrum else { return .answer(.spectrum(.failed(.refused, at: now))) }
            return .answer(.spectrum(.good(spectrum, at: now)))
        case .failure(let source, let failure):
            switch source {
            case .scale: return .answer(.mass(.failed(failure, at: now)))
            case .tagReader: return .answer(.tag(.failed(failure, at: now)))
            case .nirHead: return .answer(.spectrum(.failed(failure, at: now)))
            }
        }
        return .next(task)
    }
}

extension EvidenceSource {
    var device: SimulatedDevice {
        switch self {
        case .scale: .scale
        case .tagReader: .tagReader
        case .nirHead: .nirHead
        }
    }
}
