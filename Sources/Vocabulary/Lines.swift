/// The digital inputs of RS-1. "Active" always means the named condition holds, whatever the wiring's polarity.
public enum InputLine: String, CaseIterable, Codable, Hashable, Sendable {
    /// The light beam at the mouth of the chamber is interrupted.
    case entryBeam
    /// The light beam at the belt's far end is interrupted.
    case exitBeam
    /// The light beam above the bins is interrupted.
    case dropBeam
    /// The inductive sensor of the chamber sees metal.
    case metal
    /// The capacitive sensor of the chamber sees an item.
    case presence
    case doorClosed
    case emergencyStopCircuitClosed
    /// Both flaps of the diverter are in their rest position.
    case diverterHome
    case serviceKey
}

/// The digital outputs of RS-1. All de-energised is the safe state: belt stopped, gate shut, diverter at home.
public enum OutputLine: String, CaseIterable, Codable, Hashable, Sendable {
    /// Opens the gate at the mouth.
    case gate
    case conveyorForward, conveyorReverse
    case diverterLeft, diverterRight
    case lampGreen, lampRed, buzzer
    /// Toggled by the control loop; an external relay cuts the motors when it stops.
    case heartbeat
}

/// The four positions that the diverter's two flaps in series can take.
public enum DiverterPosition: String, CaseIterable, Codable, Hashable, Sendable {
    case home, left, right, both

    public var energisesLeft: Bool { self == .left || self == .both }
    public var energisesRight: Bool { self == .right || self == .both }
}

extension InputLine {
    /// Whether nothing may move while it is inactive: the interlocks.
    public var isInterlock: Bool {
        switch self {
        case .doorClosed, .emergencyStopCircuitClosed: true
        case .entryBeam, .exitBeam, .dropBeam, .metal, .presence, .diverterHome, .serviceKey: false
        }
    }

    /// Its place in `allCases`, without a search.
    public var ordinal: Int {
        switch self {
        case .entryBeam: 0
        case .exitBeam: 1
        case .dropBeam: 2
        case .metal: 3
        case .presence: 4
        case .doorClosed: 5
        case .emergencyStopCircuitClosed: 6
        case .diverterHome: 7
        case .serviceKey: 8
        }
    }
}

extension OutputLines {
    public static let motion = OutputLines(OutputLine.allCases.filter(\.isMotion))
}

extension OutputLine {
    /// Whether something moves when it is energised, or falls back when it no longer is.
    public var isMotion: Bool {
        switch self {
        case .gate, .conveyorForward, .conveyorReverse, .diverterLeft, .diverterRight: true
        case .lampGreen, .lampRed, .buzzer, .heartbeat: false
        }
    }

    /// Its place in `allCases`, without a search.
    public var ordinal: Int {
        switch self {
        case .gate: 0
        case .conveyorForward: 1
        case .conveyorReverse: 2
        case .diverterLeft: 3
        case .diverterRight: 4
        case .lampGreen: 5
        case .lampRed: 6
        case .buzzer: 7
        case .heartbeat: 8
        }
    }

    /// - Parameter ordinal: 0 to 8, or there is none.
    init?(ordinal: Int) {
        guard Self.byOrdinal.indices.contains(ordinal) else { return nil }
        self = Self.byOrdinal[ordinal]
    }

    private static let byOrdinal = allCases
}
