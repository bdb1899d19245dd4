import FoundationEssentials

/// How the station stands with its cluster.
public enum UplinkState: Hashable, Sendable {
    /// No answer yet since the start.
    case connecting
    /// A backlog is being reported.
    case sending
    /// Everything that was there to report is held by the cluster.
    case upToDate
    /// An operator has to approve the key. `hindrance` says what more is wrong, if anything is.
    case waitingForApproval(hindrance: String?)
    /// The last attempt failed; the next one is scheduled.
    case unreachable(lastError: String)
    /// The cluster holds another history of this ledger: a person must look. Tried again every
    /// `UplinkService.forkPause`.
    case forked(lastError: String)

    /// The hindrance of the moment as a sentence; nil while all goes well.
    public var lastError: String? {
        switch self {
        case .connecting, .sending, .upToDate: nil
        case .waitingForApproval(let hindrance): hindrance
        case .unreachable(let lastError), .forked(let lastError): lastError
        }
    }
}

/// What an operator sees of the uplink.
public struct UplinkSnapshot: Hashable, Sendable {
    public var state: UplinkState
    /// Of this station's key: what an operator compares before approving it.
    public var fingerprint: String
    /// Raw Ed25519 public key, 32 bytes.
    public var publicKey: Data
    /// Of the key that will take this one's place; nil while no exchange is under way.
    public var nextFingerprint: String?
    /// Why it has not yet, if the cluster has said so.
    public var exchangeHindrance: String?

    public var lastError: String? { state.lastError }
}

/// What of a state is worth a line in the log: the line is written when it changes, never for a repeat.
enum UplinkCondition: Hashable, Sendable {
    case unknown, working, waiting, failing, forked

    init(_ state: UplinkState) {
        switch state {
        case .connecting: self = .unknown
        case .sending, .upToDate: self = .working
        case .waitingForApproval: self = .waiting
        case .unreachable: self = .failing
        case .forked: self = .forked
        }
    }
}
