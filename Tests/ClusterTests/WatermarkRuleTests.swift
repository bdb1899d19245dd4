import Testing

@testable import ClusterStore

struct WatermarkRow: CustomTestStringConvertible {
    var name: String
    var report: ReportHeader
    var held: LedgerPosition
    var known = KnownHeads.none
    var decision: WatermarkDecision
    var testDescription: String { name }

    static func report(_ from: Int64, _ to: Int64, after previousHead: String, head: String) -> ReportHeader {
        ReportHeader(from: from, to: to, previousHead: previousHead, head: head)
    }

    static let atTen = LedgerPosition(watermark: 10, head: "ten")

    static let all = [
        WatermarkRow(
            name: "the first report of a ledger",
            report: report(1, 3, after: LedgerPosition.beginning.head, head: "three"), held: .beginning,
            decision: .extend(LedgerPosition(watermark: 3, head: "three"))),
        WatermarkRow(
            name: "a first report that continues something unknown", report: report(1, 3, after: "x", head: "three"),
            held: .beginning, decision: .fork(.previousHeadDiffers)),
        WatermarkRow(
            name: "a ledger that begins in its middle", report: report(5, 6, after: "four", head: "six"),
            held: .beginning, decision: .gap),
        WatermarkRow(
            name: "the next report", report: report(11, 11, after: "ten", head: "eleven"), held: atTen,
            decision: .extend(LedgerPosition(watermark: 11, head: "eleven"))),
        WatermarkRow(
            name: "the next report of another history", report: report(11, 12, after: "TEN", head: "twelve"),
            held: atTen, decision: .fork(.previousHeadDiffers)),
        WatermarkRow(
            name: "the last report again", report: report(8, 10, after: "seven", head: "ten"), held: atTen,
            decision: .alreadyHeld),
        WatermarkRow(
            name: "a report up to the watermark that ends elsewhere",
            report: report(8, 10, after: "seven", head: "TEN"),
            held: atTen, decision: .fork(.headDiffers)),
        WatermarkRow(
            name: "an old report", report: report(2, 9, after: "one", head: "nine"), held: atTen,
            decision: .alreadyHeld),
        WatermarkRow(
            name: "a report that overlaps the watermark", report: report(10, 11, after: "nine", head: "eleven"),
            held: atTen, decision: .gap),
        WatermarkRow(
            name: "a report that leaves one entry out", report: report(12, 13, after: "eleven", head: "thirteen"),
            held: atTen, decision: .gap),
        WatermarkRow(
            name: "the last sequence number there is",
            report: report(.max, .max, after: "ten", head: "end"), held: LedgerPosition(watermark: .max, head: "end"),
            decision: .alreadyHeld),
        WatermarkRow(
            name: "a first report again that continues something else", report: report(1, 3, after: "x", head: "three"),
            held: atTen, decision: .fork(.previousHeadDiffers)),
        WatermarkRow(
            name: "an old report as it is remembered", report: report(2, 9, after: "one", head: "nine"), held: atTen,
            known: KnownHeads(beforeFirst: "one", last: "nine"), decision: .alreadyHeld),
        WatermarkRow(
            name: "an old report that ends elsewhere than is remembered",
            report: report(2, 9, after: "one", head: "NINE"), held: atTen,
            known: KnownHeads(beforeFirst: "one", last: "nine"), decision: .fork(.headDiffers)),
        WatermarkRow(
            name: "an old report that continues another entry than is remembered",
            report: report(2, 9, after: "ONE", head: "nine"), held: atTen,
            known: KnownHeads(beforeFirst: "one", last: nil), decision: .fork(.previousHeadDiffers)),
        WatermarkRow(
            name: "a report that overlaps the watermark, of another history",
            report: report(9, 11, after: "EIGHT", head: "eleven"), held: atTen,
            known: KnownHeads(beforeFirst: "eight", last: nil), decision: .fork(.previousHeadDiffers)),
    ]
}

@Suite struct WatermarkRuleTests {
    @Test(arguments: WatermarkRow.all)
    func `decides by the watermark and the head`(row: WatermarkRow) {
        #expect(WatermarkRule.decide(on: row.report, at: row.held, known: row.known) == row.decision)
    }
}
