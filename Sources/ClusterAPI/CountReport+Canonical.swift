import FoundationEssentials
import Vocabulary

/// The bytes of a report, written and read by hand as `CanonicalText` is there for. What cannot be is left to the
/// general encoder and decoder.
extension CountReport {
    /// What travels and is signed.
    public func canonicalBytes() throws -> Data {
        guard [ledger, previousHead, head].allSatisfy({ $0.utf8.allSatisfy(isPlain) }) else {
            return try CanonicalJSON.encode(self)
        }
        var text = CanonicalText(capacity: 512 + 160 * totals.count)
        text.append("{\"from\":")
        text.append(from)
        text.append(",\"head\":\"")
        text.append(head)
        text.append("\",\"ledger\":\"")
        text.append(ledger)
        text.append("\",\"previousHead\":\"")
        text.append(previousHead)
        text.appendWord("\",\"station\":", station)
        text.append(",\"to\":")
        text.append(to)
        text.append(",\"totals\":[")
        for (index, total) in totals.enumerated() {
            if index > 0 { text.append(",") }
            text.append(total)
        }
        text.append("],\"version\":")
        text.append(version)
        text.append("}")
        return text.data
    }

    /// Throws what `CanonicalJSON` throws.
    public init(canonicalBytes bytes: Data) throws {
        self =
            try CanonicalReader.read(bytes) { $0.countReport() }
            ?? CanonicalJSON.decode(CountReport.self, from: bytes)
    }
}

extension CanonicalText {
    fileprivate mutating func append(_ total: Total) {
        appendWord("{\"key\":{\"material\":", Optional(total.key.material))
        appendWord(",\"outcome\":", Optional(total.key.outcome))
        appendWord(",\"packagingType\":", total.key.packagingType)
        appendWord(",\"stream\":", total.key.stream)
        append(",\"unixHour\":")
        append(total.key.unixHour)
        append("},\"massMilligrams\":")
        append(total.massMilligrams)
        append(",\"units\":")
        append(total.units)
        append("}")
    }
}

extension CanonicalReader {
    fileprivate mutating func countReport() -> CountReport? {
        guard let from: Int64 = number("{\"from\":"), let head = text(",\"head\":"),
            let ledger = text(",\"ledger\":"), let previousHead = text(",\"previousHead\":"),
            let station: StationID = word(",\"station\":"), let to: Int64 = number(",\"to\":"),
            let totals = totals(), let version: Int = number(",\"version\":"), take("}")
        else { return nil }
        var report = CountReport(
            station: station, ledger: ledger, from: from, to: to, previousHead: previousHead, head: head, totals: totals
        )
        report.version = version
        return report
    }

    private mutating func totals() -> [Total]? {
        guard take(",\"totals\":[") else { return nil }
        var totals: [Total] = []
        while !take("]") {
            guard totals.isEmpty || take(","), let total = total() else { return nil }
            totals.append(total)
        }
        return totals
    }

    private mutating func total() -> Total? {
        guard let material: Material = word("{\"key\":{\"material\":"),
            let outcome: Outcome = word(",\"outcome\":"),
            let packagingType: PackagingTypeID? = optionalWord(",\"packagingType\":"),
            let stream: Stream? = optionalWord(",\"stream\":"), let hour: Int64 = number(",\"unixHour\":"),
            let mass: Int64 = number("},\"massMilligrams\":"), let units: Int64 = number(",\"units\":"), take("}")
        else { return nil }
        let key = TotalKey(
            unixHour: hour, packagingType: packagingType, material: material, stream: stream, outcome: outcome)
        return Total(key: key, units: units, massMilligrams: mass)
    }
}
