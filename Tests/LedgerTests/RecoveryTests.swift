import Foundation
import Station
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct RecoveryTests {
    @Test func `whatever was answered is there after a crash, and the open acceptance is ended once`() async throws {
        let bench = try Bench()
        let writer = try bench.writer()
        try writer.start()
        for (offset, record) in [Samples.started, Samples.acceptedCup, Samples.ended(2), Samples.acceptedCup]
            .enumerated()
        {
            writer.append(RecordToken(rawValue: Int64(offset)), record)
        }
        _ = await bench.sink.answers(4)
        let crashed = try bench.image()
        writer.stop()

        let next = try crashed.writer()
        #expect(next.recoveredCount == 1)
        next.stop()
        let records = try crashed.entries().map { try $0.record() }
        #expect(records.count == 5)
        #expect(records.last == Samples.ended(4, Samples.cup, .unconfirmed, .interrupted))
        let result = try crashed.verify()
        #expect(result.isWhole && result.openAcceptances.isEmpty, "\(result.problems)")

        let third = try crashed.writer()
        #expect(third.recoveredCount == 0)
        third.stop()
        #expect(try crashed.verify().entries == 5)
    }

    @Test func `recovery comes before what waits for the start`() async throws {
        let bench = try Bench()
        try bench.store([Samples.acceptedCup, Samples.acceptedCup])
        let writer = try bench.writer()
        #expect(writer.recoveredCount == 2)
        writer.append(RecordToken(rawValue: 9), Samples.started)
        writer.stop()
        #expect(try bench.entries().map(\.kind) == ["accepted", "accepted", "ended", "ended", "started"])
        #expect(try bench.verify().isWhole)
    }

    @Test func `an acceptance is found open even if the projections are gone`() throws {
        let bench = try Bench()
        try bench.store([Samples.acceptedCup])
        try bench.alter("DROP TABLE returns")
        let writer = try bench.writer()
        #expect(writer.recoveredCount == 1)
        writer.stop()
        #expect(try bench.verify().isWhole)
    }

    struct LastWord: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var records: [LedgerRecord]
        var mayHaveLeftItem: Bool
    }

    static let lastWords = [
        LastWord(testDescription: "nothing", records: [], mayHaveLeftItem: false),
        LastWord(testDescription: "started", records: [Samples.started], mayHaveLeftItem: false),
        LastWord(testDescription: "accepted", records: [Samples.acceptedCup], mayHaveLeftItem: true),
        LastWord(
            testDescription: "a drop that nobody saw",
            records: [Samples.acceptedCup, Samples.ended(1, Samples.cup, .unconfirmed, .dropNotSeen)],
            mayHaveLeftItem: true),
        LastWord(
            testDescription: "committed", records: [Samples.acceptedCup, Samples.ended(1)], mayHaveLeftItem: false),
        LastWord(testDescription: "refused", records: [Samples.refused], mayHaveLeftItem: false),
        LastWord(
            testDescription: "an orderly end", records: [.stopped(StopRecord(drained: true))], mayHaveLeftItem: false),
        LastWord(
            testDescription: "an end that could not wait", records: [.stopped(StopRecord(drained: false))],
            mayHaveLeftItem: true),
    ]

    @Test(arguments: lastWords) func `what the ledger last knew of an item says whether one may lie on the belt`(
        last: LastWord
    ) throws {
        let bench = try Bench()
        try bench.store(last.records)
        // However often a start is cut off before the next item.
        for _ in 1...3 {
            let writer = try bench.writer()
            #expect(writer.mayHaveLeftItem == last.mayHaveLeftItem)
            writer.append(RecordToken(rawValue: 9), Samples.started)
            writer.stop()
        }
    }
}
