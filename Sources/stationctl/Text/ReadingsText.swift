import OperatorAPI
import Vocabulary

/// `stationctl readings` for people. The last good value is shown where it is not the current one.
func readingsText(_ rows: [ReadingRow]) -> String {
    guard !rows.isEmpty else { return "No device is configured." }
    var table = Table([
        ("DEVICE", .left), ("POINT", .left), ("VALUE", .right), ("UNIT", .left), ("AGE", .right), ("QUALITY", .left),
        ("LAST GOOD", .left),
    ])
    table.rows = rows.map { row in
        [
            row.device.rawValue, filled(row.point), row.text ?? Table.nothing, filled(row.unit),
            row.ageMilliseconds.map(ageText) ?? Table.nothing, qualityText(row.quality), lastGoodText(row),
        ]
    }
    return table.render()
}

private func lastGoodText(_ row: ReadingRow) -> String {
    guard row.quality != .good, let good = row.lastGood else { return Table.nothing }
    let value = row.unit.isEmpty ? good.text : "\(good.text) \(row.unit)"
    return "\(value), \(ageText(milliseconds: good.ageMilliseconds)) ago"
}

/// Below a minute with one decimal: polls are that near to each other.
private func ageText(milliseconds: Int64) -> String {
    guard milliseconds < 60_000 else { return durationText(seconds: milliseconds / 1000) }
    return "\(milliseconds / 1000).\(milliseconds / 100 % 10) s"
}

private func filled(_ text: String) -> String { text.isEmpty ? Table.nothing : text }

/// Reads on from "the value is".
func qualityText(_ quality: ReadingQuality) -> String {
    switch quality {
    case .missing: "not read yet"
    case .good: "good"
    case .stale: "stale"
    case .implausible: "implausible"
    case .refused: "refused"
    case .timeout: "no answer"
    case .badFrame: "bad frames"
    case .notConnected: "bus not connected"
    case .unstable: "not stable"
    }
}
