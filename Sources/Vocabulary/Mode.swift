/// What the station may do, in PackML's words.
public enum Mode: Codable, Hashable, Sendable {
    case starting
    case idle
    case executing
    /// An inner disturbance; left by itself when its causes are gone, or by a clear for those that need a person.
    case held(Set<HoldCause>)
    /// An outer condition; left by itself when it is gone.
    case suspended(Set<SuspendCause>)
    /// Left only by an explicit clear.
    case aborted(Set<AbortCause>)
    case service
    case stopping
    case stopped

    public var name: ModeName {
        switch self {
        case .starting: .starting
        case .idle: .idle
        case .executing: .executing
        case .held: .held
        case .suspended: .suspended
        case .aborted: .aborted
        case .service: .service
        case .stopping: .stopping
        case .stopped: .stopped
        }
    }
}

public enum ModeName: String, CaseIterable, Codable, Hashable, Sendable {
    case starting, idle, executing, held, suspended, aborted, service, stopping, stopped
}

public enum HoldCause: String, CaseIterable, Codable, Hashable, Sendable {
    /// Needs a clear by a person.
    case jam, diverterStuck, dropsUnconfirmed
    /// Goes by itself.
    case entryBlocked, itemNotTaken, driveFault, lineFailed, requiredDeviceLost

    public var needsClear: Bool {
        switch self {
        case .jam, .diverterStuck, .dropsUnconfirmed: true
        case .entryBlocked, .itemNotTaken, .driveFault, .lineFailed, .requiredDeviceLost: false
        }
    }
}

public enum SuspendCause: String, CaseIterable, Codable, Hashable, Sendable {
    case binFull, diskFull, ledgerFailed
}

public enum AbortCause: String, CaseIterable, Codable, Hashable, Sendable {
    case emergencyStop, doorOpen
}
