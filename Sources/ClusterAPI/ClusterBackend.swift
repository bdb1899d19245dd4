import FoundationEssentials
import Vocabulary

/// What the cluster's server needs of its store. Every call is atomic and may be made from any task.
///
/// Each throws only when the store itself fails; what a station did wrong is in the answer.
public protocol ClusterBackend: Sendable {
    /// Throws if the store cannot be read.
    func checkHealth() async throws
    /// - Parameter unixSeconds: now, since 1970; kept with a refused key that another one replaces.
    func enrol(_ request: EnrolmentRequest, at unixSeconds: Int64) async throws -> EnrolmentDecision
    /// What is known of the station's key; nil for a station that never introduced itself.
    func enrolment(of station: StationID) async throws -> Enrolment?
    /// Counts the report, exactly once. `body` and `signature` are what the report came as; both are kept with a fork.
    /// - Parameter unixSeconds: now, since 1970; for people only, nothing is decided by it.
    func accept(
        _ report: CountReport, body: Data, signature: String, at unixSeconds: Int64
    ) async throws -> ReportAnswer
    /// Puts the new key in the place of the approved one if both agree; says so again if that was done before.
    /// - Parameters:
    ///   - body: the bytes that the header's signature is over.
    ///   - unixSeconds: now, since 1970; kept with the former key.
    func exchangeKey(
        _ request: KeyExchangeRequest, body: Data, signature: String, at unixSeconds: Int64
    ) async throws -> KeyExchangeAnswer
    /// By station and ledger; at most `ClusterProtocol.forksAnswerLimit`.
    func forks() async throws -> [ForkSummary]
    /// Both branches of each forked ledger of a station, by ledger.
    func forks(of station: StationID) async throws -> [LedgerFork]
    /// Sorted by station.
    func stations() async throws -> [StationSummary]
    /// Sorted by key; of one station, or added up over all of them.
    func totals(_ query: TotalsQuery) async throws -> TotalsResult
    func objective(year: Int) async throws -> ObjectiveReport
}

/// A station's key and whether it may report.
public struct Enrolment: Hashable, Sendable {
    /// Raw Ed25519 public key, 32 bytes.
    public var publicKey: Data
    public var state: EnrolmentState

    public init(publicKey: Data, state: EnrolmentState) {
        self.publicKey = publicKey
        self.state = state
    }
}

public enum EnrolmentDecision: Hashable, Sendable {
    /// The state and fingerprint of the key that the cluster holds, which need not be the one that was sent.
    case answered(EnrolmentAnswer)
    /// The key is not an Ed25519 public key.
    case malformed(String)
    /// As many stations wait for approval as the cluster remembers.
    case tooManyPending(limit: Int)
}

/// Which totals are asked for.
public struct TotalsQuery: Hashable, Sendable {
    /// Nil: all stations added up.
    public var station: StationID?
    /// First hour since 1970-01-01T00:00Z; nil: from the first on.
    public var firstUnixHour: Int64?
    /// Last hour; nil: up to the last.
    public var lastUnixHour: Int64?

    public init(station: StationID? = nil, firstUnixHour: Int64? = nil, lastUnixHour: Int64? = nil) {
        self.station = station
        self.firstUnixHour = firstUnixHour
        self.lastUnixHour = lastUnixHour
    }
}

public enum TotalsResult: Hashable, Sendable {
    case totals([Total])
    /// More rows than one answer may hold: ask for fewer hours.
    case tooMany(limit: Int)
}

extension ClusterProtocol {
    /// One answer to `GET /v1/totals` holds at most this many rows; `from` and `to` (hours) narrow the question.
    public static let totalsAnswerLimit = 50_000
    /// One answer to `GET /v1/forks` holds at most this many ledgers.
    public static let forksAnswerLimit = 1000
}
