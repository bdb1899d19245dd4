import Vocabulary

/// The interface between the daemon and `stationctl`: HTTP over a Unix socket.
///
/// | call | answer |
/// |---|---|
/// | `GET /v1/status` | `StatusReport` |
/// | `GET /v1/returns?limit=…` | `[ReturnRow]`, newest first |
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

public struct StatusReport: Codable, Hashable, Sendable {
    public var station: StationID
    public var softwareVersion: String
    public var mode: ModeName
    /// Raw values of the causes, sorted; empty where the mode has none.
    public var modeCauses: [String]
    /// Name of the passage's state.
    public var passage: String
    public var bins: [BinStatus]
    public var devices: [DeviceStatus]
    public var activeInputs: [InputLine]
    public var energisedOutputs: [OutputLine]
    public var ledger: LedgerStatus
    public var uplink: UplinkStatus
    public var uptimeSeconds: Int64
    /// Of every input that was in use since the start; nil from a daemon older than 0.2.
    public var inputs: [InputStatus]?
    /// Nil from a daemon older than 0.4.
    public var clock: ClockStatus?

    public init(
        station: StationID, softwareVersion: String, mode: ModeName, modeCauses: [String], passage: String,
        bins: [BinStatus], devices: [DeviceStatus], activeInputs: [InputLine], energisedOutputs: [OutputLine],
        ledger: LedgerStatus, uplink: UplinkStatus, uptimeSeconds: Int64, inputs: [InputStatus]? = nil,
        clock: ClockStatus? = nil
    ) {
        self.station = station
        self.softwareVersion = softwareVersion
        self.mode = mode
        self.modeCauses = modeCauses
        self.passage = passage
        self.bins = bins
        self.devices = devices
        self.activeInputs = activeInputs
        self.energisedOutputs = energisedOutputs
        self.ledger = ledger
        self.uplink = uplink
        self.uptimeSeconds = uptimeSeconds
        self.inputs = inputs
        self.clock = clock
    }
}

/// The wall clock of the station's machine.
public struct ClockStatus: Codable, Hashable, Sendable {
    public var unixMilliseconds: Int64
    /// Whether it is synchronised.
    public var isTrusted: Bool
    /// Entries of items of this boot that were stamped while it was not, and whose times are not corrected yet.
    public var untimedEntries: Int64

    public init(unixMilliseconds: Int64, isTrusted: Bool, untimedEntries: Int64) {
        self.unixMilliseconds = unixMilliseconds
        self.isTrusted = isTrusted
        self.untimedEntries = untimedEntries
    }
}

/// What an input's edges were good for, at most half a second ago.
public struct InputStatus: Codable, Hashable, Sendable {
    public var input: InputLine
    public var counters: LineCounters

    public init(input: InputLine, counters: LineCounters) {
        self.input = input
        self.counters = counters
    }
}

public struct BinStatus: Codable, Hashable, Sendable {
    public var bin: BinID
    /// Nil if its sensor gave nothing usable lately.
    public var levelPercent: Int?
    public var isFull: Bool

    public init(bin: BinID, levelPercent: Int?, isFull: Bool) {
        self.bin = bin
        self.levelPercent = levelPercent
        self.isFull = isFull
    }
}

public struct DeviceStatus: Codable, Hashable, Sendable {
    public var device: DeviceID
    public var isAlive: Bool
    /// Why it is not alive.
    public var failure: ReadingFailure?

    public init(device: DeviceID, isAlive: Bool, failure: ReadingFailure? = nil) {
        self.device = device
        self.isAlive = isAlive
        self.failure = failure
    }
}

public struct LedgerStatus: Codable, Hashable, Sendable {
    public var ledger: String
    public var lastSequence: Int64
    public var acknowledgedSequence: Int64
    /// Of the file, without what is free for entries to come; nil from a daemon older than 0.4.
    public var usedBytes: Int64?
    /// Nil if none are kept, or from a daemon older than 0.4.
    public var oldestReadings: OldestReadings?

    public init(
        ledger: String, lastSequence: Int64, acknowledgedSequence: Int64, usedBytes: Int64? = nil,
        oldestReadings: OldestReadings? = nil
    ) {
        self.ledger = ledger
        self.lastSequence = lastSequence
        self.acknowledgedSequence = acknowledgedSequence
        self.usedBytes = usedBytes
        self.oldestReadings = oldestReadings
    }
}

/// The oldest entry whose raw readings are kept.
public struct OldestReadings: Codable, Hashable, Sendable {
    public var sequence: Int64
    public var unixMilliseconds: Int64

    public init(sequence: Int64, unixMilliseconds: Int64) {
        self.sequence = sequence
        self.unixMilliseconds = unixMilliseconds
    }
}

public struct UplinkStatus: Codable, Hashable, Sendable {
    public enum State: String, Codable, Hashable, Sendable {
        /// No cluster is configured.
        case off
        case connecting, upToDate, sending
        case waitingForApproval
        /// The last attempt failed; the next one is scheduled.
        case unreachable
        /// The cluster holds another history of this ledger.
        case forked
    }
    public var state: State
    /// What the last attempt came back with, if it failed.
    public var lastError: String?
    public var fingerprint: String?

    public init(state: State, lastError: String? = nil, fingerprint: String? = nil) {
        self.state = state
        self.lastError = lastError
        self.fingerprint = fingerprint
    }
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
