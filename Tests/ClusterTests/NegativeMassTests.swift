import ClusterAPI
import Testing
import Vocabulary

@testable import ClusterStore

struct NegativeMassTests {
    /// The cluster refuses what leaves a total below zero, and a station would have sent it again for ever.
    @Test func `a refused item that weighed less than nothing does not stop the reporting`() throws {
        var fold = CountFold()
        fold.add(
            .refused(
                RefusalRecord(
                    passage: PassageID(rawValue: 1),
                    rejection: Rejection(
                        reason: .foreign, material: .unknown, packagingType: nil, confidencePermille: 300),
                    withdrawn: false, massMilligrams: -100, evidence: Evidence())),
            at: WallTime(unixMilliseconds: 0, isTrusted: true))
        #expect(fold.sortedTotals.map(\.massMilligrams) == [0])
        #expect(fold.sortedTotals.map(\.units) == [1])
        let report = CountReport(
            station: "S-1", ledger: String(repeating: "a", count: 32), from: 1, to: 1,
            previousHead: String(repeating: "0", count: 64), head: String(repeating: "b", count: 64),
            totals: fold.sortedTotals)
        #expect(throws: Never.self) { try ReportCheck.check(report) }
    }
}
