import Vocabulary

/// The interface between the daemon and `stationctl`: HTTP over a Unix socket.
///
/// | call | answer |
/// |---|---|
/// | `GET /v1/status` | `StatusReport` |
/// | `GET /v1/returns?limit=…` | `[ReturnRow]`, newest first |
/// | `GET /v1/returns/SEQUENCE` | `ReturnExplanation` |
/// | `GET /v1/totals` | `[TotalRow]` |
/// | `GET /v1/faults` | `[FaultRow]` |
/// | `GET /v1/readings` | `[ReadingRow]` |
/// | `GET /v1/key` | `KeyReport` |
/// | `POST /v1/key/exchange` with `KeyExchangeCommand` | `KeyReport` |
/// | `POST /v1/commands` with `CommandRequest` | `CommandAnswer` |
/// | `POST /v1/corrections` with `CorrectionRequest` | `CorrectionAnswer` |
public enum OperatorProtocol {
    /// Of a command or a correction, in bytes.
    public static let commandBodyLimit = 4096
    public static let returnsLimit = 1000
}

/// What answers an operator's calls; an error thrown is told to the operator as it is.
public protocol OperatorBackend: Sendable {
    func status() async throws -> StatusReport
    func returns(limit: Int) async throws -> [ReturnRow]
    /// Throws an `OperatorFailure` if that entry decides on no item, or its readings have been pruned.
    func explain(sequence: Int64) async throws -> ReturnExplanation
    func totals() async throws -> [TotalRow]
    func faults() async throws -> [FaultRow]
    /// Every point of every configured device, as its bus's thread left it.
    func readings() async throws -> [ReadingRow]
    /// Throws an `OperatorFailure` if the station has no key because it has no cluster.
    func key() async throws -> KeyReport
    /// Makes a new key, which the cluster exchanges when it next answers; one that is under way goes on.
    ///
    /// Throws an `OperatorFailure` if there is no key, or if it is not the daemon's to exchange.
    func exchangeKey(_ request: KeyExchangeCommand) async throws -> KeyReport
    /// Hands the command to the control loop; the answer says whether it was taken, not what came of it.
    func command(_ request: CommandRequest) async throws -> CommandAnswer
    /// Has the ledger note that something else counts of an item; the answer is given when it is on disk.
    func correct(_ request: CorrectionRequest) async throws -> CorrectionAnswer
}

/// One passage that is over, or an acceptance still open: what counts of it now.
public struct ReturnRow: Codable, Hashable, Sendable {
    /// Of the acceptance, or of the refusal.
    public var sequence: Int64
    public var unixMilliseconds: Int64
    public var packagingType: PackagingTypeID?
    public var material: Material
    public var stream: Stream?
    public var bin: BinID?
    public var massMilligrams: Int64
    public var confidencePermille: Int
    /// Nil while under way.
    public var outcome: Outcome?
    /// Raw value of the reject reason or outcome cause.
    public var cause: String?
    /// True if the clock was not trusted, and nobody knows better yet; nil otherwise.
    public var isTimeEstimated: Bool?
    /// True if nothing counts of it any more; nil otherwise.
    public var isVoid: Bool?
    /// The last entry that corrected what counts; nil if none did.
    public var correctedBy: Int64?

    public init(
        sequence: Int64, unixMilliseconds: Int64, packagingType: PackagingTypeID?, material: Material,
        stream: Stream?, bin: BinID?, massMilligrams: Int64, confidencePermille: Int, outcome: Outcome?, cause: String?,
        isTimeEstimated: Bool? = nil, isVoid: Bool? = nil, correctedBy: Int64? = nil
    ) {
        self.sequence = sequence
        self.unixMilliseconds = unixMilliseconds
        self.packagingType = packagingType
        self.material = material
        self.stream = stream
        self.bin = bin
        self.massMilligrams = massMilligrams
        self.confidencePermille = confidencePermille
        self.outcome = outcome
        self.cause = cause
        self.isTimeEstimated = isTimeEstimated
        self.isVoid = isVoid
        self.correctedBy = correctedBy
    }
}

/// Totals over the whole ledger.
public struct TotalRow: Codable, Hashable, Sendable {
    public var packagingType: PackagingTypeID?
    public var material: Material
    public var stream: Stream?
    public var outcome: Outcome
    public var units: Int64
    public var massMilligrams: Int64

    public init(
        packagingType: PackagingTypeID?, material: Material, stream: Stream?, outcome: Outcome, units: Int64,
        massMilligrams: Int64
    ) {
        self.packagingType = packagingType
        self.material = material
        self.stream = stream
        self.outcome = outcome
        self.units = units
        self.massMilligrams = massMilligrams
    }
}

public struct FaultRow: Codable, Hashable, Sendable {
    public var code: FaultCode
    public var subject: String
    public var severity: FaultCode.Severity
    public var remedy: FaultCode.Remedy
    public var title: String
    public var firstStep: String

    public init(_ fault: Fault) {
        let declaration = fault.code.declaration
        code = fault.code
        subject = fault.subject
        severity = declaration.severity
        remedy = declaration.remedy
        title = declaration.title
        firstStep = declaration.firstStep
    }
}

public struct CommandRequest: Codable, Hashable, Sendable {
    public var command: OperatorCommand
    public var by: String

    public init(command: OperatorCommand, by: String) {
        self.command = command
        self.by = by
    }
}

public struct CommandAnswer: Codable, Hashable, Sendable {
    public var taken: Bool
    public var message: String

    public init(taken: Bool, message: String) {
        self.taken = taken
        self.message = message
    }
}
