import OperatorAPI
import StationConfig
import Vocabulary

/// A value that is this many of its device's periods old should have been renewed long ago.
private let stalePeriods = 3
/// Whatever the period: a busy bus may be late by so much.
private let staleAtLeast: Duration = .seconds(1)

/// Every point of every configured device in the configuration's order; a device that has told nothing yet has a row
/// too.
///
/// - Parameter failures: of each device whose state is known; nil for one that answers.
func readingRows(
    of devices: [DeviceSettings], known: [DeviceID: [PointReading]], failures: [DeviceID: ReadingFailure?],
    at now: Instant
) -> [ReadingRow] {
    devices.flatMap { device in
        let points = known[device.id] ?? []
        guard !points.isEmpty else { return [ReadingRow(device.id, nothingYet: failures[device.id] ?? nil)] }
        let staleAfter = max(staleAtLeast, device.period * stalePeriods)
        return points.map { ReadingRow(device.id, $0, at: now, staleAfter: staleAfter) }
    }
}
