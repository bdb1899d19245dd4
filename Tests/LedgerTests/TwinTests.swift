import Foundation
import GRDB
import Station
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

/// `scripts/verify-ledger`, which is written from the format's description and shares nothing with this program, must
/// find what is whole whole, and what is changed changed.
@Suite(
    .timeLimit(.minutes(hangLimitMinutes)),
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
struct TwinTests {
    private struct Answer: Hashable {
        var status: Int32
        var output: String
    }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../scripts/verify-ledger").path

    private func verify(_ path: String, _ bench: Bench) async throws -> Answer {
        let end = try await CommandResult.running("/usr/bin/python3", [Self.script, path], in: bench.directory)
        return Answer(status: end.code, output: end.output + end.complaint)
    }

    private func verify(export: String, _ bench: Bench) async throws -> Answer {
        let path = bench.directory + "/export.jsonl"
        try Data(export.utf8).write(to: URL(fileURLWithPath: path))
        return try await verify(path, bench)
    }

    @Test func `what the writer wrote is whole, as an export and as the file itself`() async throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        let whole = try Answer(status: 0, output: "13 \(bench.verify().head.hashText)\n")
        #expect(try await verify(export: bench.exported(), bench) == whole)
        #expect(try await verify(bench.place.database, bench) == whole)
        let entries = try bench.entries()
        #expect(
            try await verify(export: bench.exported(from: 5, to: 9), bench)
                == Answer(
                    status: 0, output: "9 \(entries[8].head.hashText) continuing 4 \(entries[3].head.hashText)\n"))
    }

    @Test(arguments: 1...4) func `a life by chance is whole, with its readings and without`(seed: UInt64) async throws {
        let bench = try Bench()
        try bench.store(RandomLife(seed: seed, steps: 200).records)
        let head = try bench.verify().head
        let whole = Answer(status: 0, output: "\(head.sequence) \(head.hashText)\n")
        #expect(try await verify(export: bench.exported(), bench) == whole)
        try bench.tamper("UPDATE entry SET readings = NULL WHERE sequence % 2 = 0")
        #expect(try await verify(export: bench.exported(), bench) == whole)
        #expect(try await verify(bench.place.database, bench) == whole)
    }

    @Test func `an empty ledger is whole`() async throws {
        let bench = try Bench()
        try bench.store([])
        let whole = Answer(status: 0, output: "0 \(LedgerHead.none.hashText)\n")
        #expect(try await verify(export: bench.exported(), bench) == whole)
        #expect(try await verify(bench.place.database, bench) == whole)
    }

    struct Forgery: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var finding: String
        /// Changes the lines; line 0 is the header, so that line 5 is entry 5.
        var forge: @Sendable (inout [String]) -> Void
    }

    static let forgeries = [
        Forgery(testDescription: "changed payload", finding: "entry 4 is not what was written") {
            $0[4] = $0[4].replacingOccurrences(of: "24000", with: "24001")
        },
        Forgery(testDescription: "changed time", finding: "entry 9 is not what was written") {
            $0[9] = $0[9].replacingOccurrences(of: "1790000000000", with: "1790000000001")
        },
        Forgery(testDescription: "changed readings", finding: "the readings of entry 2 are not what was taken") {
            $0[2] = $0[2].replacingOccurrences(of: "60000", with: "60001")
        },
        Forgery(testDescription: "removed entry", finding: "entry 6 stands where entry 5 should") { $0.remove(at: 5) },
        Forgery(testDescription: "swapped entries", finding: "entry 7 stands where entry 6 should") {
            $0.swapAt(6, 7)
        },
        Forgery(testDescription: "entry twice", finding: "entry 6 stands where entry 7 should") {
            $0.insert($0[6], at: 7)
        },
        Forgery(testDescription: "cut off", finding: "entry 11 is missing: the last one should be 13") {
            $0.removeSubrange(11...13)
        },
        Forgery(testDescription: "cut off inside a line", finding: "line 14 is not an entry") {
            $0 = $0.dropLast(2) + [String($0[13].dropLast(9))]
        },
        Forgery(testDescription: "another station", finding: "entry 1 is not what was written") {
            $0[0] = $0[0].replacingOccurrences(of: "S-1", with: "S-2")
        },
        Forgery(testDescription: "a number in another spelling", finding: "line 13 is not an entry: clockTrusted") {
            $0[12] = $0[12].replacingOccurrences(of: "\"clockTrusted\":1", with: "\"clockTrusted\":true")
        },
        Forgery(testDescription: "a key twice", finding: "line 13 is not an entry: a key stands there twice") {
            $0[12] = $0[12].replacingOccurrences(of: "{\"boot\"", with: "{\"kind\":\"started\",\"boot\"")
        },
        Forgery(testDescription: "a part that does not hang together", finding: "does not continue the one before it") {
            $0[0] = $0[0].replacingOccurrences(of: "\"first\":1", with: "\"first\":3")
            $0[4] = $0[4].replacingOccurrences(of: "\"previousHash\":\"", with: "\"previousHash\":\"0")
            $0.removeSubrange(1...2)
        },
    ]

    @Test(arguments: forgeries) func `a forged export is found and the entry named`(forgery: Forgery) async throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        let whole = try bench.exported()
        // The last piece, behind the last line's end, is empty.
        var lines = whole.components(separatedBy: "\n")
        forgery.forge(&lines)
        let forged = lines.joined(separator: "\n")
        #expect(forged != whole)
        let answer = try await verify(export: forged, bench)
        #expect(answer.status == 1)
        #expect(answer.output.contains(forgery.finding), "\(answer.output)")
    }

    @Test func `both find the same entry in a changed file`() async throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        try bench.tamper("UPDATE entry SET boot = 'x' WHERE sequence = 9")
        let found = Answer(status: 1, output: "entry 9 is not what was written\n")
        #expect(try await verify(bench.place.database, bench) == found)
        #expect(try await verify(export: bench.exported(), bench) == found)
        #expect(try bench.verify().problems.first?.hasPrefix("Entry 9 was changed") == true)
    }

    @Test func `a second outcome is found though the chain is whole, also in a part that begins between`() async throws
    {
        let bench = try Bench()
        try bench.store([Samples.acceptedCup, Samples.ended(1)])
        try bench.endAgain(1)
        let answer = Answer(status: 1, output: "entry 3 ends entry 1, which is not an open acceptance\n")
        #expect(try await verify(export: bench.exported(), bench) == answer)
        #expect(try await verify(bench.place.database, bench) == answer)
        #expect(try await verify(export: bench.exported(from: 2), bench) == answer)
        #expect(try await verify(export: bench.exported(from: 3), bench).status == 0)
    }

    /// Every item is corrected twice, and the clock is trusted only at the end.
    private func corrected() throws -> Bench {
        let bench = try Bench()
        bench.clock.setTrusted(false)
        let writer = try bench.writer()
        for record in Samples.everyKind { writer.append(RecordToken(rawValue: 1), record) }
        writer.performWaiting()
        for sequence in [3, 5, 6, 7] as [Int64] {
            try writer.correctNow(sequence, by: "anna", why: "\"", becomes: { _ in nil })
        }
        bench.clock.stepWallClock(by: .seconds(3600))
        bench.clock.setTrusted(true)
        bench.clock.advance(.seconds(5))
        while writer.performWaiting().hasWorked {}
        for sequence in [3, 5, 6, 7] as [Int64] {
            try writer.correctNow(sequence, by: "anna", why: "no", becomes: { $0 })
        }
        writer.stop()
        return bench
    }

    @Test func `corrections are whole, as an export, as the file, and in a part that begins between`() async throws {
        let bench = try corrected()
        #expect(try Set(bench.entries().map(\.kind)).isSuperset(of: ["clockChanged", "hoursCorrected", "corrected"]))
        let head = try bench.verify().head
        let whole = Answer(status: 0, output: "\(head.sequence) \(head.hashText)\n")
        #expect(try await verify(export: bench.exported(), bench) == whole)
        #expect(try await verify(bench.place.database, bench) == whole)
        #expect(try await verify(export: bench.exported(from: 6), bench).status == 0)
    }

    static let forgedCorrections: [(LedgerRecord, String)] = [
        (
            .corrected(
                CorrectionRecord(correctedSequence: 3, by: "x", why: "y", was: nil, becomes: Samples.countedCup)),
            "what it says that entry 3 counted is not so"
        ),
        (
            .corrected(
                CorrectionRecord(correctedSequence: 8, by: "x", why: "y", was: Samples.countedCup, becomes: nil)),
            "it corrects nothing"
        ),
        (
            .hoursCorrected(
                HoursRecord(
                    first: 1, last: 99, boot: Bench.boot,
                    anchor: ClockAnchor(monotonicNanoseconds: 0, unixMilliseconds: 0), moves: [])),
            "it corrects entries after it, or of another boot"
        ),
    ]

    @Test(arguments: 0..<3) func `a forged correction is found though the chain is whole`(number: Int) async throws {
        let bench = try corrected()
        let (record, finding) = Self.forgedCorrections[number]
        try bench.forge(record)
        let last = try bench.entries().count
        let answer = Answer(status: 1, output: "entry \(last) is no correction: \(finding)\n")
        #expect(try await verify(export: bench.exported(), bench) == answer)
        #expect(try await verify(bench.place.database, bench) == answer)
        #expect(try !bench.verify().isWhole)
    }

    @Test func `what is no ledger ends with 2`() async throws {
        let bench = try Bench()
        for text in ["", "{}\n", "no JSON\n", "[1]\n", "SQLite format 3\u{0} and no more"] {
            let answer = try await verify(export: text, bench)
            #expect(answer.status == 2, "\(answer)")
            #expect(!answer.output.contains("Traceback"), "\(answer)")
        }
        #expect(try await verify(bench.directory + "/nothing", bench).status == 2)
        try bench.store(Samples.everyKind)
        let newer = try bench.exported().replacingOccurrences(of: "\"version\":1", with: "\"version\":2")
        #expect(try await verify(export: newer, bench).status == 2)
        try bench.tamper("PRAGMA user_version = 3")
        #expect(try await verify(bench.place.database, bench).status == 2)
    }
}
