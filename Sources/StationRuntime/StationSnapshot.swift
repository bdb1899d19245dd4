import Station
import Synchronization
import Vocabulary

/// What the pages and `stationctl` may know of the station, as of the last event.
public struct StationSnapshot: Hashable, Sendable {
    public var mode: Mode = .starting
    public var passage: PassageName = .stranded
    /// Of the inputs, debounced.
    public var levels = LineLevels()
    /// Outputs that were last set on.
    public var energised: Set<OutputLine> = []
    public var faults: Set<Fault> = []
    public var fullBins: Set<BinID> = []
    /// The last reading of each level sensor, in per cent.
    public var binLevels: [BinID: Measured<Int>] = [:]
    /// Nil: alive. A device that has not been heard of yet is not in here.
    public var devices: [DeviceID: ReadingFailure?] = [:]
    /// What the inputs' edges were good for; renewed with each heartbeat.
    public var lineCounters: [InputLine: LineCounters] = [:]

    public init() {}
}

/// Hands the newest snapshot from the control loop to everybody else.
public final class SnapshotBoard: Sendable {
    private let snapshot = Mutex(StationSnapshot())

    public init() {}

    /// As of the last event that was handled.
    public var current: StationSnapshot { snapshot.withLock { $0 } }

    func publish(_ newest: StationSnapshot) {
        snapshot.withLock { snapshot in
            let counters = snapshot.lineCounters
            snapshot = newest
            snapshot.lineCounters = counters
        }
    }

    func publish(_ counters: [InputLine: LineCounters]) {
        snapshot.withLock { $0.lineCounters = counters }
    }
}
