import Station
import Synchronization
import Vocabulary

/// What the pages and `stationctl` may know of the station, as of the last event.
public struct StationSnapshot: Hashable, Sendable {
    public var mode: Mode = .starting
    public var passage: PassageName = .stranded
    public var levels = LineLevels()
    public var energised: Set<OutputLine> = []
    public var faults: Set<Fault> = []
    public var fullBins: Set<BinID> = []
    public var binLevels: [BinID: Measured<Int>] = [:]
    /// Nil: alive. A device that has not been heard of yet is not in here.
    public var devices: [DeviceID: ReadingFailure?] = [:]

    public init() {}
}

/// Hands the newest snapshot from the control loop to everybody else.
public final class SnapshotBoard: Sendable {
    private let snapshot = Mutex(StationSnapshot())

    public init() {}

    public var current: StationSnapshot { snapshot.withLock { $0 } }

    func publish(_ newest: StationSnapshot) {
        snapshot.withLock { $0 = newest }
    }
}
