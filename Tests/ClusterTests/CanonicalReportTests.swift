import FoundationEssentials
import TestSupport
import Testing
import Vocabulary

@testable import ClusterAPI

/// A report is written and read by hand: what travels must be what the general encoder would have sent.
@Suite struct CanonicalReportTests {
    private func report(_ generator: inout SeededGenerator) -> CountReport {
        let totals = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
            let key = TotalKey(
                unixHour: .random(in: -5...500_000, using: &generator),
                packagingType: Bool.random(using: &generator) ? nil : "cup.0_35-L",
                material: Material.allCases.randomElement(using: &generator) ?? .pp,
                stream: Bool.random(using: &generator) ? nil : Stream.allCases.randomElement(using: &generator),
                outcome: Outcome.allCases.randomElement(using: &generator) ?? .committed)
            return Total(
                key: key, units: .random(in: -3...3, using: &generator),
                massMilligrams: Int64.random(in: .min ... .max, using: &generator))
        }
        var report = CountReport(
            station: "rs-1", ledger: "00ff", from: .random(in: 1...Int64.max, using: &generator),
            to: .random(in: .min ... .max, using: &generator), previousHead: "ab", head: "", totals: totals)
        report.version = .random(in: 0...2, using: &generator)
        return report
    }

    @Test func `any report is the same bytes and the same report as by the general encoder`() throws {
        var generator = SeededGenerator(state: 7)
        for _ in 0..<500 {
            let report = report(&generator)
            let bytes = try report.canonicalBytes()
            #expect(try CanonicalJSON.encode(report) == bytes)
            #expect(try CountReport(canonicalBytes: bytes) == report)
        }
    }

    @Test func `a report is these bytes`() throws {
        let key = TotalKey(unixHour: 490_000, packagingType: "cup", material: .pp, stream: .reuse, outcome: .committed)
        let refused = TotalKey(unixHour: 490_001, packagingType: nil, material: .ps, stream: nil, outcome: .returned)
        let report = CountReport(
            station: "rs-1", ledger: "0f", from: 4, to: 9, previousHead: "aa", head: "bb",
            totals: [
                Total(key: key, units: 2, massMilligrams: 70_000), Total(key: refused, units: -1, massMilligrams: 0),
            ])
        #expect(
            String(decoding: try report.canonicalBytes(), as: UTF8.self) == """
                {"from":4,"head":"bb","ledger":"0f","previousHead":"aa","station":"rs-1","to":9,"totals":[\
                {"key":{"material":"pp","outcome":"committed","packagingType":"cup","stream":"reuse",\
                "unixHour":490000},"massMilligrams":70000,"units":2},\
                {"key":{"material":"ps","outcome":"returned","unixHour":490001},"massMilligrams":0,"units":-1}],\
                "version":1}
                """)
    }

    @Test(arguments: ["a\"b", "a\\b", "a/b", "a\nb", "ä", ""])
    func `a text that must be escaped is left to the general encoder, and comes back`(ledger: String) throws {
        let report = CountReport(
            station: "rs-1", ledger: ledger, from: 1, to: 1, previousHead: ledger, head: "", totals: [])
        #expect(try report.canonicalBytes() == CanonicalJSON.encode(report))
        #expect(try CountReport(canonicalBytes: report.canonicalBytes()) == report)
    }

    @Test func `other spellings of the same report are understood`() throws {
        let text = """
            { "version" : 1, "to":1, "from": 1, "station":"rs-1", "ledger":"\\u0030f", "head":"b", \
            "previousHead":"a", "totals": [ ] }
            """
        let report = try CountReport(canonicalBytes: Data(text.utf8))
        #expect(report.ledger == "0f")
        #expect(report.totals.isEmpty)
    }

    @Test(arguments: [
        #"{"from":1}"#, #"{"from":01,"head":"b"}"#, "", "[]",
        #"{"from":1,"head":"b","ledger":"0f","previousHead":"a","station":"no name","to":1,"totals":[],"version":1}"#,
        #"{"from":1,"head":"b","ledger":"0f","previousHead":"a","station":"rs-1","to":1,"totals":[],"version":1}x"#,
        #"{"from":99999999999999999999,"head":"","ledger":"","previousHead":"","station":"r","to":1,"totals":[],"version":1}"#,
    ])
    func `what is no report is refused`(text: String) {
        #expect(throws: (any Error).self) { try CountReport(canonicalBytes: Data(text.utf8)) }
    }
}
