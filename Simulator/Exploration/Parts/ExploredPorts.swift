import Ledger
import SimulatedStation
import Station
import StationPorts
import Vocabulary

/// The ports that the controller of one boot has: those of the simulation, as long as there is power, watched.
final class ExploredLines: LinePort {
    private let lines: SimulatedLines
    private unowned let exploration: Exploration

    init(_ lines: SimulatedLines, _ exploration: Exploration) {
        self.lines = lines
        self.exploration = exploration
    }

    var pollDescriptors: [Int32] { [] }
    var nextDeadline: Instant? { lines.nextDeadline }
    var counters: [InputLine: LineCounters] { [:] }

    func takeChanges(at now: Instant, ready: ReadyDescriptors) -> [LineChange] {
        lines.takeChanges(at: now, ready: ready)
    }

    func set(_ outputs: [OutputLine], isOn: Bool) -> [OutputLine: PortError] {
        for line in outputs where exploration.power.lastsForOneMore() {
            exploration.tell("output \(line.rawValue) \(isOn ? "on" : "off")")
            exploration.trace.add(Int64(line.ordinal) * 2 + (isOn ? 1 : 0))
            if isOn { exploration.checkMovement(line) }
            _ = lines.set([line], isOn: isOn)
        }
        return [:]
    }

    func makeSafe() {
        guard exploration.power.lastsForOneMore(), exploration.settings.planted != .interlockIsIgnored else { return }
        lines.makeSafe()
    }
}

final class ExploredMeasuring: MeasuringPort, @unchecked Sendable {
    // Unchecked: one thread runs an exploration.
    private let measuring: SimulatedMeasuring
    private unowned let exploration: Exploration

    init(_ measuring: SimulatedMeasuring, _ exploration: Exploration) {
        self.measuring = measuring
        self.exploration = exploration
    }

    func measure(_ passage: PassageID, _ sources: Set<EvidenceSource>) {
        guard exploration.power.lastsForOneMore() else { return }
        exploration.measuringBegan(passage)
        measuring.measure(passage, sources)
    }

    func takeReferences() {
        guard exploration.power.lastsForOneMore() else { return }
        measuring.takeReferences()
    }
}

final class ExploredClassifier: Classifier, @unchecked Sendable {
    // Unchecked: one thread runs an exploration.
    private let classifier: any Classifier
    private unowned let exploration: Exploration

    init(_ classifier: any Classifier, _ exploration: Exploration) {
        self.classifier = classifier
        self.exploration = exploration
    }

    func classify(_ evidence: Evidence) -> Classification {
        exploration.checkEvidence(evidence)
        return classifier.classify(evidence)
    }
}

/// The real writer, stepped: what it is asked for waits for the disk's next turn.
final class ExploredLedger: RecordPort, EventSink, @unchecked Sendable {
    // Unchecked: one thread runs an exploration.
    private unowned let exploration: Exploration
    private let mailbox: VirtualMailbox
    /// Set once, right after the writer has been opened with this as its sink.
    var writer: LedgerWriter?
    /// Of one turn, by a planted bug.
    private var reversed: [StationEvent] = []

    init(_ exploration: Exploration, _ mailbox: VirtualMailbox) {
        self.exploration = exploration
        self.mailbox = mailbox
    }

    func append(_ token: RecordToken, _ record: LedgerRecord) {
        guard exploration.power.lastsForOneMore(), let writer else { return }
        let record = exploration.planted(in: record)
        exploration.tell("record \(token.rawValue) \(record)")
        if exploration.settings.planted == .outcomesAreLost, case .ended = record {
            mailbox.post(.recordStored(token, sequence: exploration.account.count + 1))
            return
        }
        exploration.account.appended(token, record, at: exploration.clocks.wallTime)
        if exploration.settings.planted == .answersBeforeCommit, case .accepted = record {
            mailbox.post(.recordStored(token, sequence: exploration.account.count + 1))
        }
        writer.append(token, record)
        exploration.ledgerHasWork()
    }

    /// The writer's answers.
    func post(_ event: StationEvent) {
        guard exploration.power.isOn, !exploration.disk.isOff else { return }
        let event = exploration.planted(in: event)
        if exploration.settings.planted == .answersAreReversed {
            reversed.insert(event, at: 0)
            return
        }
        exploration.ledgerAnswered(event)
        mailbox.post(event)
    }

    /// The writer's turn is over.
    func turnEnded() {
        for event in reversed {
            exploration.ledgerAnswered(event)
            mailbox.post(event)
        }
        reversed = []
    }
}
