import Vocabulary

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
