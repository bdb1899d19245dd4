import OperatorAPI
import Testing
import Vocabulary

@testable import Ledger
@testable import stationctl

/// `stationctl ledger correct`, and how corrections and the clock are shown elsewhere.
struct CorrectionTextTests {
    private let cup = CountedItem(
        unixHour: 497_222, packagingType: "cup-300", material: .pp, stream: .reuse, outcome: .unconfirmed,
        massMilligrams: 35_120)
    private let refused = CountedItem(
        unixHour: 497_222, packagingType: nil, material: .unknown, stream: nil, outcome: .returned, massMilligrams: 0)

    @Test func `what counted and what counts now are two lines`() {
        let answer = CorrectionAnswer(
            taken: true, message: "Entry 8 is corrected by entry 13.", sequence: 13, correctedSequence: 8, was: cup,
            becomes: nil)
        #expect(
            correctionText(answer) == """
                Entry 8 is corrected by entry 13.
                  counted     unconfirmed, cup-300, pp, reuse, 35.1 g, in the hour of 2026-09-21 14:00:00Z
                  counts now  nothing
                """)
        var back = answer
        (back.was, back.becomes) = (nil, refused)
        #expect(
            correctionText(back).hasSuffix(
                "counts now  returned, unlisted, unknown, no stream, 0.0 g, in the hour of 2026-09-21 14:00:00Z"))
        #expect(
            correctionText(CorrectionAnswer(taken: false, message: "Entry 8 is not of an item."))
                == "Refused: Entry 8 is not of an item.")
    }

    @Test func `every option of the command reaches the request`() throws {
        let command = try #require(
            try Stationctl.parseAsRoot([
                "ledger", "correct", "7", "--why", "by hand", "--outcome", "committed", "--type", "cup-300",
                "--material", "pp", "--stream", "reuse", "--mass-grams", "35.12",
            ]) as? LedgerCommand.Correct)
        let request = command.request
        #expect(
            request
                == CorrectionRequest(
                    sequence: 7, by: callerName(), why: "by hand", outcome: .committed, packagingType: "cup-300",
                    material: .pp, stream: .reuse, massMilligrams: 35_120))
        let void = try #require(
            try Stationctl.parseAsRoot(["ledger", "correct", "7", "--why", "x", "--void"]) as? LedgerCommand.Correct)
        #expect(void.request == CorrectionRequest(sequence: 7, by: callerName(), why: "x", isVoid: true))
    }

    @Test(arguments: [
        ["7", "--void"], ["--why", "x", "--void"], ["7", "--why", "x"], ["7", "--why", " ", "--void"],
        ["7", "--why", "x", "--void", "--outcome", "returned"], ["7", "--why", "x", "--outcome", "lost"],
        ["7", "--why", "x", "--mass-grams", "1.2345"], ["7", "--why", "x", "--mass-grams", "-1"],
        ["7", "--why", "x", "--mass-grams", "1,5"], ["7", "--why", "x", "--mass-grams", "1000001"],
    ])
    func `a wrong command line is refused before the daemon is asked`(arguments: [String]) {
        #expect(throws: (any Error).self) { try Stationctl.parseAsRoot(["ledger", "correct"] + arguments) }
    }

    @Test(arguments: [("35", 35_000), ("0.001", 1), ("35.1", 35_100), ("0", 0)] as [(String, Int64)])
    func `grams are exact`(text: String, milligrams: Int64) {
        #expect(Grams(argument: text)?.milligrams == milligrams)
    }

    @Test func `corrected items and estimated times are marked, and only then there is a column for it`() {
        var row = ReturnRow(
            sequence: 7, unixMilliseconds: 0, packagingType: nil, material: .pet, stream: .recycling, bin: "a",
            massMilligrams: 0, confidencePermille: 0, outcome: .committed, cause: nil)
        let plain = row
        #expect(!returnsText([plain]).contains("REMARK"))
        row.correctedBy = 13
        row.isTimeEstimated = true
        var void = plain
        (void.correctedBy, void.isVoid) = (14, true)
        let lines = returnsText([row, void, plain]).split(separator: "\n")
        #expect(lines[0].hasSuffix("CAUSE  REMARK"))
        #expect(lines[1].hasSuffix("corrected by 13, time estimated"))
        #expect(lines[2].hasSuffix("void by 14"))
        #expect(lines[3].hasSuffix("-      -"))
    }

    @Test func `the status says whether the clock is trusted, and what waits for it`() {
        func line(_ clock: ClockStatus?) -> String? {
            let status = StatusReport(
                station: "s-1", softwareVersion: "1.0", mode: .idle, modeCauses: [], passage: "empty", bins: [],
                devices: [], activeInputs: [], energisedOutputs: [],
                ledger: LedgerStatus(ledger: "0f", lastSequence: 1, acknowledgedSequence: 1),
                uplink: UplinkStatus(state: .off), uptimeSeconds: 1, clock: clock)
            return statusText(status).split(separator: "\n").first { $0.hasPrefix("clock") }
                .map { String($0.drop { $0 != " " }.drop { $0 == " " }) }
        }
        #expect(line(nil) == nil)
        #expect(
            line(ClockStatus(unixMilliseconds: 0, isTrusted: true, untimedEntries: 0))
                == "1970-01-01 00:00:00Z, synchronised")
        #expect(
            line(ClockStatus(unixMilliseconds: 0, isTrusted: true, untimedEntries: 9))
                == "1970-01-01 00:00:00Z, synchronised; 9 entries are being corrected")
        #expect(
            line(ClockStatus(unixMilliseconds: 0, isTrusted: false, untimedEntries: 9))
                == "1970-01-01 00:00:00Z, NOT synchronised: times are estimates; 9 entries will be corrected when it is"
        )
    }

    @Test func `a correction is a row that says what counts`() throws {
        func row(_ becomes: CountedItem?) throws -> String {
            let encoded = try EncodedRecord(
                .corrected(
                    CorrectionRecord(correctedSequence: 8, by: "anna", why: "by hand", was: cup, becomes: becomes)))
            let entry = LedgerEntry(
                sequence: 13, bootID: "", monotonicNanoseconds: 0, unixMilliseconds: 0, clockTrusted: 1,
                kind: encoded.kind.rawValue, payloadVersion: 1, payload: encoded.payload,
                readingsDigest: encoded.readingsDigest, previousHash: LedgerHead.none.hash, hash: LedgerHead.none.hash)
            var portion: [UInt8] = []
            LedgerCSV.append(entry, nil, to: &portion)
            return String(decoding: portion, as: UTF8.self)
        }
        #expect(try row(refused).contains(",corrected,,8,returned,by hand,,unknown,,,0.000,,,"))
        #expect(try row(nil).contains(",corrected,,8,void,by hand,,,,,,,,"))
    }
}
