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
    /// One bit for each input, by ordinal: between an edge and its effect there is no time for hashing names.
    private var known: UInt32 = 0
    private var high: UInt32 = 0

    public init(active: Set<InputLine> = []) {
        for line in active { set(line, isActive: true) }
    }

    public func isActive(_ line: InputLine) -> Bool { high & line.bit != 0 }
    /// Nil until it has been read.
    public func level(of line: InputLine) -> Bool? { known & line.bit == 0 ? nil : isActive(line) }
    public var allKnown: Bool { known.nonzeroBitCount == Self.lineCount }
    public var active: Set<InputLine> { Set(InputLine.allCases.filter(isActive)) }

    public mutating func set(_ line: InputLine, isActive: Bool) {
        known |= line.bit
        if isActive { high |= line.bit } else { high &= ~line.bit }
    }

    private static let lineCount = InputLine.allCases.count
}

extension InputLine {
    fileprivate var bit: UInt32 { 1 << UInt32(ordinal) }
}
