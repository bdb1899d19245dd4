/// What one ledger entry says. The payload's encoding is frozen per version: a change is a new version, never an edit.
public enum LedgerRecord: Hashable, Sendable {
    case started(StartRecord)
    case accepted(AcceptanceRecord)
    case ended(OutcomeRecord)
    case refused(RefusalRecord)
    case modeChanged(ModeRecord)
    case faultRaised(Fault)
    case faultCleared(Fault)
    case commanded(CommandRecord)
    case stopped(StopRecord)
    /// The next three are the ledger writer's own.
    case clockChanged(ClockRecord)
    case hoursCorrected(HoursRecord)
    case corrected(CorrectionRecord)

    public var kind: LedgerRecordKind {
        switch self {
        case .started: .started
        case .accepted: .accepted
        case .ended: .ended
        case .refused: .refused
        case .modeChanged: .modeChanged
        case .faultRaised: .faultRaised
        case .faultCleared: .faultCleared
        case .commanded: .commanded
        case .stopped: .stopped
        case .clockChanged: .clockChanged
        case .hoursCorrected: .hoursCorrected
        case .corrected: .corrected
        }
    }
}

public enum LedgerRecordKind: String, CaseIterable, Codable, Hashable, Sendable {
    case started, accepted, ended, refused, modeChanged, faultRaised, faultCleared, commanded, stopped
    case clockChanged, hoursCorrected, corrected

    /// Whether an entry of this kind changes a count. The others need not be read to count.
    public var counts: Bool {
        switch self {
        case .ended, .refused, .hoursCorrected, .corrected: true
        case .started, .accepted, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped,
            .clockChanged:
            false
        }
    }
}

public struct StartRecord: Codable, Hashable, Sendable {
    public var softwareVersion: String
    public var catalogueVersion: String
    /// Lower-case hexadecimal SHA-256 of the configuration file's bytes.
    public var configurationDigest: String

    public init(softwareVersion: String, catalogueVersion: String, configurationDigest: String) {
        self.softwareVersion = softwareVersion
        self.catalogueVersion = catalogueVersion
        self.configurationDigest = configurationDigest
    }
}

/// An item is accepted: written before anything moves.
public struct AcceptanceRecord: Codable, Hashable, Sendable {
    public var passage: PassageID
    public var acceptance: Acceptance
    /// Kept beside the entry, bound to it by its digest, prunable by retention.
    public var evidence: Evidence

    public init(passage: PassageID, acceptance: Acceptance, evidence: Evidence) {
        self.passage = passage
        self.acceptance = acceptance
        self.evidence = evidence
    }
}

/// The one outcome of an acceptance. It repeats what is credited, so that counts fold over outcomes alone.
public struct OutcomeRecord: Codable, Hashable, Sendable {
    /// Sequence number of the acceptance that this ends.
    public var acceptedSequence: Int64
    public var acceptance: Acceptance
    public var outcome: Outcome
    /// Why, for every outcome but `committed`.
    public var cause: OutcomeCause?

    public init(acceptedSequence: Int64, acceptance: Acceptance, outcome: Outcome, cause: OutcomeCause? = nil) {
        self.acceptedSequence = acceptedSequence
        self.acceptance = acceptance
        self.outcome = outcome
        self.cause = cause
    }
}

public enum OutcomeCause: String, CaseIterable, Codable, Hashable, Sendable {
    /// Found open in the ledger at start: the daemon or the power failed in mid-passage.
    case interrupted
    case emergencyStop, doorOpen
    case arrivalJam, sensorJam, diverterStuck, dropNotSeen
    case pulledOut, beamOrder
    case stopping
}

/// A passage that ended without an acceptance.
public struct RefusalRecord: Codable, Hashable, Sendable {
    public var passage: PassageID
    public var rejection: Rejection
    /// The person took it out before the station handed it back.
    public var withdrawn: Bool
    /// Weighed mass, if there was one.
    public var massMilligrams: Int64?
    public var evidence: Evidence

    public init(
        passage: PassageID, rejection: Rejection, withdrawn: Bool, massMilligrams: Int64?, evidence: Evidence
    ) {
        self.passage = passage
        self.rejection = rejection
        self.withdrawn = withdrawn
        self.massMilligrams = massMilligrams
        self.evidence = evidence
    }
}

public struct ModeRecord: Codable, Hashable, Sendable {
    public var from: ModeName
    public var to: ModeName
    /// Raw values of the causes, sorted.
    public var causes: [String]

    public init(from: ModeName, to: ModeName, causes: [String]) {
        self.from = from
        self.to = to
        self.causes = causes
    }
}

public struct CommandRecord: Codable, Hashable, Sendable {
    public var command: OperatorCommand
    /// Who gave it: a user name or the place it came from.
    public var by: String

    public init(command: OperatorCommand, by: String) {
        self.command = command
        self.by = by
    }
}

public enum OperatorCommand: Codable, Hashable, Sendable {
    /// Leave aborted, or held by a cause that needs a person.
    case clear
    case binEmptied(bin: BinID)
}

public struct StopRecord: Codable, Hashable, Sendable {
    /// False if the daemon had to stop in mid-passage.
    public var drained: Bool
    public init(drained: Bool) { self.drained = drained }
}
