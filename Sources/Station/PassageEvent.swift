import Vocabulary

/// What can happen to a passage.
public enum PassageEvent: Hashable, Sendable {
    case entryBeam(isBlocked: Bool)
    case exitBeam(isBlocked: Bool)
    case dropBeam(isBlocked: Bool)
    case presence(isActive: Bool)
    case metal(isActive: Bool)
    case diverterHome(isActive: Bool)
    case evidenceArrived(PassageID, EvidenceReading)
    case classified(PassageID, Classification)
    case acceptanceStored(sequence: Int64)
    case acceptanceFailed(StoreFailure)
    case deadlineReached
    /// Emergency stop, door, service, or the inputs are unknown: nothing may move any more.
    case aborted(OutcomeCause)
    /// Movement is allowed again: after start, clear or service.
    case released
    case stopRequested
    /// The time for an orderly stop is over.
    case drainingEnded
}

/// The name of an event with what matters of its content, for diagrams and tables.
public enum PassageEventName: String, CaseIterable, Hashable, Sendable {
    case entryBlocked, entryFree, exitBlocked, exitFree, dropBlocked, dropFree
    case presenceSeen, presenceGone, metalSeen, metalGone, diverterHome, diverterAway
    case evidenceArrived, classified, acceptanceStored, acceptanceFailed
    case deadlineReached, aborted, released, stopRequested, drainingEnded
}

extension PassageEvent {
    public var name: PassageEventName {
        switch self {
        case .entryBeam(let isBlocked): isBlocked ? .entryBlocked : .entryFree
        case .exitBeam(let isBlocked): isBlocked ? .exitBlocked : .exitFree
        case .dropBeam(let isBlocked): isBlocked ? .dropBlocked : .dropFree
        case .presence(let isActive): isActive ? .presenceSeen : .presenceGone
        case .metal(let isActive): isActive ? .metalSeen : .metalGone
        case .diverterHome(let isActive): isActive ? .diverterHome : .diverterAway
        case .evidenceArrived: .evidenceArrived
        case .classified: .classified
        case .acceptanceStored: .acceptanceStored
        case .acceptanceFailed: .acceptanceFailed
        case .deadlineReached: .deadlineReached
        case .aborted: .aborted
        case .released: .released
        case .stopRequested: .stopRequested
        case .drainingEnded: .drainingEnded
        }
    }
}

/// What a passage wants done. Outputs are not among them: they follow from the state, see `OutputPlan`.
public enum PassageEffect: Hashable, Sendable {
    case record(LedgerRecord)
    case measure(PassageID, Set<EvidenceSource>)
    case classify(PassageID, Evidence)
    case raise(Fault)
    case lower(Fault)
    case hold(HoldCause)
    case release(HoldCause)
}

/// What a passage may know of the rest of the station; levels are those after the event.
public struct PassageContext: Sendable {
    public var settings: IntakeSettings
    public var levels: LineLevels
    public var fullBins: Set<BinID>
    /// The mode is idle: a new item may be let in.
    public var mayIntake: Bool
    public var isStopping: Bool

    public init(
        settings: IntakeSettings, levels: LineLevels, fullBins: Set<BinID> = [], mayIntake: Bool = true,
        isStopping: Bool = false
    ) {
        self.settings = settings
        self.levels = levels
        self.fullBins = fullBins
        self.mayIntake = mayIntake
        self.isStopping = isStopping
    }

    func isActive(_ line: InputLine) -> Bool { levels.isActive(line) }
    var windows: IntakeSettings.Windows { settings.windows }
}

/// The last believed level of each input; a line that was never read counts as inactive but is not `known`.
public struct LineLevels: Hashable, Sendable {
    private var levels: [InputLine: Bool] = [:]

    public init(active: Set<InputLine> = []) {
        for line in active { levels[line] = true }
    }

    public func isActive(_ line: InputLine) -> Bool { levels[line] ?? false }
    /// Nil until it has been read.
    public func level(of line: InputLine) -> Bool? { levels[line] }
    public var allKnown: Bool { levels.count == InputLine.allCases.count }
    public var active: Set<InputLine> { Set(levels.filter(\.value).keys) }

    public mutating func set(_ line: InputLine, isActive: Bool) {
        levels[line] = isActive
    }
}
