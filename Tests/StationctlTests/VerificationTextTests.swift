import FoundationEssentials
import OperatorAPI
import Testing

@testable import Ledger
@testable import stationctl

struct VerificationTextTests {
    private var whole: LedgerVerification {
        var found = LedgerVerification(
            identity: LedgerIdentity(ledger: "0123456789abcdef0123456789abcdef", station: "rs-1"))
        found.entries = 412
        found.head = LedgerHead(sequence: 412, hash: Data(repeating: 0xA5, count: 32))
        found.acknowledgedSequence = 400
        found.acceptances = 120
        found.outcomes = 120
        found.refusals = 9
        found.corrections = 2
        return found
    }

    private var damaged: LedgerVerification {
        var found = whole
        found.outcomes = 118
        found.openAcceptances = [17, 412]
        found.prunedReadings = 300
        for sequence in 1...22 { found.report("Entry \(sequence) was changed after it was written.") }
        return found
    }

    @Test func `a whole ledger is described on a page`() {
        #expect(
            verificationText(whole, directory: "/var/lib/return-station") == """
                The ledger of station rs-1 in /var/lib/return-station is whole.
                  ledger        0123456789abcdef0123456789abcdef
                  entries       412
                  head          412 a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5
                  acknowledged  400
                  acceptances   120, none open, 120 outcomes
                  refusals      9
                  corrections   2
                  readings      all kept
                """)
    }

    @Test func `the first problems are spelled out and the others counted`() {
        let shown = (1...20).map { "Entry \($0) was changed after it was written." }.joined(separator: "\n")
        #expect(
            verificationText(damaged, directory: "ledger") == """
                The ledger of station rs-1 in ledger is NOT whole.
                  ledger        0123456789abcdef0123456789abcdef
                  entries       412
                  head          412 a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5
                  acknowledged  400
                  acceptances   120, open: 17, 412, 118 outcomes
                  refusals      9
                  corrections   2
                  readings      300 removed by retention
                \(shown)
                and 2 more, not shown
                """)
    }

    @Test func `as JSON it is one object with sorted keys`() throws {
        var found = whole
        found.report("Entry 3 is missing.")
        let json = try OperatorJSON.encode(VerificationSummary(found))
        #expect(
            String(decoding: json, as: UTF8.self) == """
                {"acceptances":120,"acknowledgedSequence":400,"corrections":2,"entries":412,\
                "head":"a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5","headSequence":412,\
                "isWhole":false,"ledger":"0123456789abcdef0123456789abcdef","openAcceptances":[],"outcomes":120,\
                "problemCount":1,"problems":["Entry 3 is missing."],"prunedReadings":0,"refusals":9,"station":"rs-1"}
                """)
    }
}
