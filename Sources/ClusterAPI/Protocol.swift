import FoundationEssentials
import Vocabulary

/// The HTTP interface between stations and the cluster.
///
/// | call | body | answers |
/// |---|---|---|
/// | `POST /v1/enrolments` | `EnrolmentRequest` | 202 `EnrolmentAnswer` |
/// | `POST /v1/stations/{station}/reports` | `CountReport`, signed | 200, 400, 401, 403, 409, 413, 429 `ReportAnswer` |
/// | `POST /v1/stations/{station}/key` | `KeyExchangeRequest`, signed | 200, 4xx `KeyExchangeAnswer` |
/// | `GET /v1/stations` | | 200 `[StationSummary]` |
/// | `GET /v1/forks` | | 200 `[ForkSummary]` |
/// | `GET /v1/forks?station=…` | | 200 `[LedgerFork]` |
/// | `GET /v1/totals?station=…` | | 200 `[Total]` |
/// | `GET /v1/objectives/plastic-material-reuse?year=…` | | 200 `ObjectiveReport` |
public enum ClusterProtocol {
    /// Carries `ed25519=` and the base64 of the 64-byte signature over the body.
    public static let signatureHeader = "station-signature"
    /// Largest request body the cluster reads, in bytes.
    public static let reportBodyLimit = 1 << 20
    public static let enrolmentBodyLimit = 4096
    public static let keyExchangeBodyLimit = 4096
    /// A report is cut so that it holds at most this many totals.
    public static let totalsPerReportLimit = 2000
}

/// A station introduces itself; an operator approves the key by its fingerprint.
public struct EnrolmentRequest: Codable, Hashable, Sendable {
    public var station: StationID
    /// Raw Ed25519 public key, 32 bytes (base64 in JSON).
    public var publicKey: Data

    public init(station: StationID, publicKey: Data) {
        self.station = station
        self.publicKey = publicKey
    }
}

public enum EnrolmentState: String, Codable, Hashable, Sendable {
    case pending, approved, refused
}

public struct EnrolmentAnswer: Codable, Hashable, Sendable {
    public var state: EnrolmentState
    public var fingerprint: String

    public init(state: EnrolmentState, fingerprint: String) {
        self.state = state
        self.fingerprint = fingerprint
    }
}

/// The cluster's answer to a report.
public struct ReportAnswer: Codable, Hashable, Sendable {
    public enum Status: String, Codable, Hashable, Sendable {
        /// The range is stored (now, or already before): everything up to `watermark` counts.
        case held
        /// `from` is not `watermark + 1`: cut the report again from the watermark.
        case gap
        /// The chain does not continue what the cluster holds: a person must look.
        case fork
        /// The station's key is not approved (yet).
        case notEnrolled
        /// The signature does not fit the approved key.
        case badSignature
        /// The body is not a valid report.
        case malformed
        /// Asked too often: again after the seconds of Retry-After. Nothing was looked at.
        case busy
    }
    public var status: Status
    /// Last sequence number that the cluster holds of this ledger; 0 for none.
    public var watermark: Int64
    /// A sentence for the log.
    public var message: String

    public init(status: Status, watermark: Int64, message: String) {
        self.status = status
        self.watermark = watermark
        self.message = message
    }
}

/// A report cut from the ledger, with its exact bytes.
public struct CutReport: Sendable {
    public var from: Int64
    public var to: Int64
    public var body: Data

    public init(from: Int64, to: Int64, body: Data) {
        self.from = from
        self.to = to
        self.body = body
    }
}

/// What the uplink needs of the ledger: the outbox is derived from it, there is no second copy.
public protocol ReportSource: Sendable {
    /// Everything up to here is acknowledged by the cluster.
    func acknowledgedSequence() async throws -> Int64
    /// Whether the ledger has got this far.
    func holdsEntry(_ sequence: Int64) async throws -> Bool
    /// The next report after `sequence`, covering at most `entryLimit` entries; nil if there is nothing new. Throws if
    /// the ledger does not hold that entry.
    func cutReport(after sequence: Int64, entryLimit: Int) async throws -> CutReport?
    /// Remembers the cluster's watermark. Never moves it back.
    func acknowledge(upTo sequence: Int64) async throws
    /// Ends with the owner; yields when new entries may be there to report.
    func newEntries() -> AsyncStream<Void>
}
