import ClusterAPI

/// Why a report that is signed and well-formed JSON is still not one that can be counted. One sentence for the log.
struct MalformedReport: Error, Hashable, Sendable {
    var message: String
}

/// Checks a report at the border; inside the store its numbers are taken as they are. Totals are differences: a
/// correction takes back what an earlier report has counted. Whether it may is seen when they are added.
enum ReportCheck {
    static let version = 1
    static let ledgerDigits = 32
    static let headDigits = 64
    /// More items in one hour than any station can take back.
    static let unitsPerTotalLimit: Int64 = 1_000_000_000
    /// A million tonnes: keeps every sum that the cluster makes far from the end of 64 bits.
    static let massMilligramsPerTotalLimit: Int64 = 1_000_000_000_000_000

    static func check(_ report: CountReport) throws(MalformedReport) -> ReportHeader {
        try require(report.version == version, "version is \(report.version), this cluster reads \(version)")
        try require(
            isHexadecimal(report.ledger, digits: ledgerDigits), "ledger is not \(ledgerDigits) hexadecimal digits")
        try require(report.from >= 1, "from is \(report.from), the first entry is 1")
        try require(report.to >= report.from, "to (\(report.to)) is before from (\(report.from))")
        try require(
            isHexadecimal(report.previousHead, digits: headDigits),
            "previousHead is not \(headDigits) hexadecimal digits")
        try require(isHexadecimal(report.head, digits: headDigits), "head is not \(headDigits) hexadecimal digits")
        try check(report.totals)
        return ReportHeader(
            from: report.from, to: report.to, previousHead: report.previousHead, head: report.head)
    }

    private static func check(_ totals: [Total]) throws(MalformedReport) {
        let limit = ClusterProtocol.totalsPerReportLimit
        try require(totals.count <= limit, "\(totals.count) totals, at most \(limit) are allowed")
        for (index, total) in totals.enumerated() {
            try require(
                (-unitsPerTotalLimit...unitsPerTotalLimit).contains(total.units),
                "totals[\(index)].units is \(total.units), allowed are -\(unitsPerTotalLimit) to "
                    + "\(unitsPerTotalLimit)")
            try require(
                (-massMilligramsPerTotalLimit...massMilligramsPerTotalLimit).contains(total.massMilligrams),
                "totals[\(index)].massMilligrams is \(total.massMilligrams), allowed are "
                    + "-\(massMilligramsPerTotalLimit) to \(massMilligramsPerTotalLimit)")
            try require(
                index == 0 || totals[index - 1].key < total.key,
                "totals[\(index)] is out of order or twice there; they are sorted by key")
        }
    }

    private static func require(_ holds: Bool, _ message: @autoclosure () -> String) throws(MalformedReport) {
        guard holds else { throw MalformedReport(message: "The report is refused: \(message()).") }
    }
}
