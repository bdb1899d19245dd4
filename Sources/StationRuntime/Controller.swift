import Logging
import SparingLog
import Station
import StationPorts
import Vocabulary

/// Calls `StationMachine.handle` and carries out its effects, in order, on one thread. The real loop and simulated
/// time use the same controller.
public final class Controller {
    public private(set) var state: StationMachine
    private let lines: any LinePort
    private let devices: any MeasuringPort
    private let ledger: any RecordPort
    private let classifier: any Classifier
    private let board: SnapshotBoard
    private var reaction: ReactionTimer
    let logger: Logger
    /// For what a flapping device or line may repeat for ever.
    var log: SparingLogger
    private var waiting: [StationEvent] = []
    private var isDelivering = false
    private var deviceStates: [DeviceID: ReadingFailure?] = [:]
    /// Outputs that could not be set; tried again by `retryOutputs`.
    private var failedOutputs: Set<OutputLine> = []
    /// Whole chips that have been reported as failed, by name: their outputs need no faults of their own.
    private var failedChips: Set<String> = []
    /// Whether the machine has stopped for good and its outputs may be let go.
    public private(set) var isFinished = false

    /// - Parameters:
    ///   - leftover: whether the last run left something under way; see `Leftover`.
    ///   - knownReadings: of earlier runs, oldest first.
    public init(
        settings: IntakeSettings, leftover: Leftover = .none, knownReadings: [KnownReading] = [],
        lines: any LinePort, devices: any MeasuringPort, ledger: any RecordPort, classifier: any Classifier,
        clock: any MonotonicClock, board: SnapshotBoard, logger: Logger
    ) {
        state = StationMachine(settings: settings, leftover: leftover, knownReadings: knownReadings)
        self.lines = lines
        self.devices = devices
        self.ledger = ledger
        self.classifier = classifier
        self.board = board
        self.logger = logger
        log = SparingLogger(logger)
        reaction = ReactionTimer(clock: clock)
    }

    public var nextDeadline: Instant? { state.nextDeadline }

    /// An event that an effect brings about at once is delivered after the effects before it, never in between.
    public func deliver(_ event: StationEvent, at now: Instant) {
        waiting.append(event)
        guard !isDelivering else { return }
        isDelivering = true
        while !waiting.isEmpty {
            let next = waiting.removeFirst()
            note(next)
            perform(state.handle(next, at: now), at: now)
        }
        isDelivering = false
        log.tellLeftOut(at: now)
        publish()
    }

    /// Reads the lines and delivers what has changed, failures included.
    /// - Parameter ready: those of the port's descriptors that have something to say.
    public func takeLineChanges(at now: Instant, ready: ReadyDescriptors = .all) {
        for change in lines.takeChanges(at: now, ready: ready) {
            switch change {
            case .level(let line, let isActive):
                if state.levels.level(of: line) != isActive {
                    deliver(.lineChanged(line, isActive: isActive), at: now)
                }
            // The port has written what came back.
            case .failed(let line, _):
                if !Self.isLine(line) { failedChips.insert(line) }
                deliver(.lineFailed(line), at: now)
            case .worked(let line):
                failedChips.remove(line)
                deliver(.lineWorked(line), at: now)
            }
        }
    }

    private static func isLine(_ name: String) -> Bool {
        InputLine(rawValue: name) != nil || OutputLine(rawValue: name) != nil
    }

    /// Tries to bring outputs that failed to the level that they should have.
    public func retryOutputs(at now: Instant) {
        log.tellLeftOut(at: now)
        for line in failedOutputs.sorted(by: { $0.rawValue < $1.rawValue }) {
            do {
                try lines.set(line, isOn: state.energised.contains(line))
                failedOutputs.remove(line)
                deliver(.lineWorked(line.rawValue), at: now)
            } catch {
                continue
            }
        }
    }

    /// In order; outputs that follow each other and go to the same level are set together.
    private func perform(_ effects: [StationEffect], at now: Instant) {
        var index = effects.startIndex
        while index < effects.endIndex {
            if case .set(_, let isOn) = effects[index] {
                let lines = effects[index...].prefix { $0.sets(to: isOn) }.compactMap(\.line)
                set(lines, isOn: isOn, at: now)
                index += lines.count
            } else {
                perform(effects[index], at: now)
                index += 1
            }
        }
    }

    private func perform(_ effect: StationEffect, at now: Instant) {
        switch effect {
        case .append(let token, let record):
            log(record, at: now)
            ledger.append(token, record)
        case .appendAgain(let token, let record): ledger.append(token, record)
        case .set(let line, let isOn): set([line], isOn: isOn, at: now)
        case .makeSafe: lines.makeSafe()
        case .measure(let passage, let sources): devices.measure(passage, sources)
        case .takeReferences: devices.takeReferences()
        case .classify(let passage, let evidence):
            reaction.evidenceIsComplete(evidence)
            waiting.append(.classified(passage, classifier.classify(evidence)))
        case .finish: isFinished = true
        }
    }

    private func set(_ outputs: [OutputLine], isOn: Bool, at now: Instant) {
        let refused = lines.set(outputs, isOn: isOn)
        for line in outputs where isOn {
            if let reaction = reaction.energised(line) { log(reaction) }
        }
        guard !refused.isEmpty else { return }
        for line in outputs {
            guard let error = refused[line] else { continue }
            let isNews = failedOutputs.insert(line).inserted
            // The port puts its outputs right when the chip is back; a line that then still fails is reported by it.
            guard failedChips.isEmpty else { continue }
            if isNews { log.log(.error, about: "line \(line)", "\(error)", metadata: ["line": "\(line)"], at: now) }
            waiting.append(.lineFailed(line.rawValue))
        }
    }

    /// Shows the counters of the inputs as they are now; they are no events, so nobody else does.
    func publishCounters() {
        board.publish(lines.counters)
    }

    private func note(_ event: StationEvent) {
        switch event {
        case .deviceFound(let device): deviceStates[device] = .some(nil)
        case .deviceLost(let device, let failure): deviceStates[device] = failure
        case .classified: reaction.isClassified()
        case .recordStored: reaction.isStored()
        case .lineChanged, .evidenceArrived, .referencesTaken, .recordFailed, .binLevelRead, .driveFaultRead,
            .diskChanged, .lineFailed,
            .lineWorked, .commanded, .settingsChanged,
            .deadlineReached, .stopRequested:
            break
        }
    }

    private func publish() {
        var snapshot = StationSnapshot()
        snapshot.mode = state.mode
        snapshot.passage = state.passage.name
        snapshot.levels = state.levels
        snapshot.energised = state.energised
        snapshot.faults = state.faults
        snapshot.fullBins = state.fullBins
        snapshot.binLevels = state.binLevels
        snapshot.devices = deviceStates
        board.publish(snapshot)
    }
}

extension StationEffect {
    fileprivate var line: OutputLine? {
        switch self {
        case .set(let line, isOn: _): line
        case .append, .appendAgain, .makeSafe, .measure, .takeReferences, .classify, .finish: nil
        }
    }

    fileprivate func sets(to level: Bool) -> Bool {
        switch self {
        case .set(_, let isOn): isOn == level
        case .append, .appendAgain, .makeSafe, .measure, .takeReferences, .classify, .finish: false
        }
    }
}
