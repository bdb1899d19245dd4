import OperatorAPI
import StationConfig
import Testing
import Vocabulary

@testable import stationd

struct ReadingRowsTests {
    private let now = Instant(nanoseconds: 60_000_000_000)

    private func device(_ id: DeviceID, period: Duration) -> DeviceSettings {
        DeviceSettings(id: id, bus: "b", unit: 1, driver: .elsnerSO250, period: period)
    }

    private func level(milliseconds: Int64) -> [PointReading] {
        [PointReading(PointSample("level", unit: "%", .good(.number(40), at: now + .milliseconds(-milliseconds))))]
    }

    struct AgeRow: Sendable, CustomTestStringConvertible {
        var periodMilliseconds: Int64
        var ageMilliseconds: Int64
        var quality: ReadingQuality
        var testDescription: String { "every \(periodMilliseconds) ms, \(ageMilliseconds) ms old" }
    }

    @Test(arguments: [
        AgeRow(periodMilliseconds: 5000, ageMilliseconds: 15_000, quality: .good),
        AgeRow(periodMilliseconds: 5000, ageMilliseconds: 15_001, quality: .stale),
        AgeRow(periodMilliseconds: 100, ageMilliseconds: 1000, quality: .good),
        AgeRow(periodMilliseconds: 100, ageMilliseconds: 1001, quality: .stale),
    ])
    func `a value is stale after three periods, and no earlier than after a second`(row: AgeRow) throws {
        let rows = readingRows(
            of: [device("a", period: .milliseconds(row.periodMilliseconds))],
            known: ["a": level(milliseconds: row.ageMilliseconds)], failures: [:], at: now)
        #expect(rows.map(\.quality) == [row.quality])
        #expect(rows.first?.value == (row.quality == .good ? 40 : nil))
        #expect(rows.first?.lastGood?.value == 40)
    }

    @Test func `a device that told nothing has a row with the reason`() {
        let devices = ["a", "b", "c", "d"].map { device($0, period: .seconds(1)) }
        let failures: [DeviceID: ReadingFailure?] = ["b": .timeout, "c": nil]
        let rows = readingRows(of: devices, known: ["a": level(milliseconds: 0)], failures: failures, at: now)
        #expect(rows.map(\.device) == ["a", "b", "c", "d"])
        #expect(rows.map(\.quality) == [.good, .timeout, .missing, .missing])
        #expect(rows.map(\.point) == ["level", "", "", ""])
    }
}
