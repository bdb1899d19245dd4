import Synchronization
import Vocabulary

/// The last readings of all devices: written by the buses' threads, looked at by anyone.
public final class ReadingBoard: Sendable {
    private let readings = Mutex<[DeviceID: [PointReading]]>([:])

    public init() {}

    func publish(_ device: DeviceID, _ fresh: [PointReading]) {
        readings.withLock { $0[device] = fresh }
    }

    public var current: [DeviceID: [PointReading]] { readings.withLock { $0 } }
}
