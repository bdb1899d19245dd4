import ClusterAPI
import Foundation
import GRDB
import OperatorAPI
import Station
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

/// Corrections of what was counted are entries; nothing is edited.
@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct CorrectionTests {
    private let lighter = CountedItem(
        unixHour: 497_222, packagingType: "cup-300", material: .pp, stream: .recycling, outcome: .committed,
        massMilligrams: 30_000)

    private func correct(
        _ sequence: Int64, _ writer: LedgerWriter, to item: CountedItem?
    ) throws(LedgerError) {
        try writer.correctNow(sequence, by: "anna", why: "weighed by hand") { _ in item }
    }

    @Test func `a correction says who, why, what counted and what counts`() async throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        let writer = try bench.writer()
        try writer.start()
        let lighter = lighter
        let stored = try await writer.correct(2, by: "anna", why: "weighed by hand") { item in
            #expect(item == Samples.countedCup)
            return lighter
        }
        writer.stop()
        #expect(stored.sequence == 14)
        #expect(
            stored.record
                == CorrectionRecord(
                    correctedSequence: 3, by: "anna", why: "weighed by hand", was: Samples.countedCup,
                    becomes: lighter))
        #expect(try bench.entries().last?.record() == .corrected(stored.record))
        let row = try await LedgerReader(directory: bench.directory).returns(limit: 100).last
        #expect(row?.massMilligrams == 30_000 && row?.stream == .recycling && row?.correctedBy == 14)
        let fold = try bench.fold()
        #expect(fold[TotalKey(lighter)]?.massMilligrams == 30_000)
        #expect(fold[TotalKey(Samples.countedCup)] == nil, "a total that is nothing is no row")
        #expect(try bench.count("SELECT count(*) FROM totals") == fold.count)
        #expect(try bench.verify().isWhole && bench.verify().corrections == 1)
        #expect(try LedgerRecounter(directory: bench.directory).recount().agrees)
    }

    @Test func `a correction of a correction starts from what counts then, and what is void can count again`() throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        let writer = try bench.writer()
        try correct(3, writer, to: lighter)
        try correct(2, writer, to: nil)
        try correct(3, writer, to: Samples.countedCup)
        writer.stop()
        let corrections = try bench.entries().suffix(3).map { entry -> CorrectionRecord? in
            guard case .corrected(let correction) = try entry.record() else { return nil }
            return correction
        }
        #expect(corrections.map { $0?.was } == [Samples.countedCup, lighter, nil])
        #expect(corrections.map { $0?.becomes } == [lighter, nil, Samples.countedCup])
        #expect(try bench.fold()[TotalKey(Samples.countedCup)]?.massMilligrams == 35_120)
        #expect(try bench.verify().isWhole)
        #expect(try LedgerRecounter(directory: bench.directory).recount().agrees)
    }

    @Test func `a void item counts nothing and is marked`() async throws {
        let bench = try Bench()
        try bench.store([Samples.refusedHeavy])
        let writer = try bench.writer()
        try correct(1, writer, to: nil)
        writer.stop()
        #expect(try bench.fold().isEmpty)
        #expect(try bench.count("SELECT count(*) FROM totals") == 0)
        let row = try await LedgerReader(directory: bench.directory).returns(limit: 1).first
        #expect(row?.isVoid == true && row?.correctedBy == 2 && row?.massMilligrams == 35_000)
        #expect(try bench.verify().isWhole)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var sequence: Int64
        var testDescription: String
    }

    @Test(arguments: [
        Refusal(sequence: 1, testDescription: "Entry 1 is not of an item"),
        Refusal(sequence: 99, testDescription: "Entry 99 is not of an item"),
        Refusal(sequence: 14, testDescription: "is still under way"),
        Refusal(sequence: 3, testDescription: "counts exactly this already"),
    ])
    func `what cannot be corrected is refused with a sentence, and nothing is stored`(refusal: Refusal) throws {
        let bench = try Bench()
        let writer = try bench.writer()
        for record in Samples.everyKind + [Samples.acceptedCup] { writer.append(RecordToken(rawValue: 1), record) }
        writer.performWaiting()
        let error = #expect(throws: LedgerError.self) { try correct(refusal.sequence, writer, to: Samples.countedCup) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains(refusal.testDescription) == true, "\(error?.message ?? "")")
        #expect(try bench.entries().count == 14)
        writer.stop()
    }

    @Test func `a correction that takes back what did not count never reaches the ledger`() throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        let wrong = CorrectionRecord(correctedSequence: 3, by: "x", why: "y", was: lighter, becomes: nil)
        try bench.store([.corrected(wrong)])
        #expect(bench.sink.answers.last == .recordFailed(RecordToken(rawValue: 1), .failed))
        #expect(try bench.entries().count == 13)
    }

    @Test(arguments: [
        LedgerRecord.corrected(
            CorrectionRecord(
                correctedSequence: 3, by: "x", why: "y",
                was: CountedItem(
                    unixHour: 497_222, packagingType: nil, material: .pp, stream: .reuse, outcome: .committed,
                    massMilligrams: 35_120), becomes: nil)),
        .corrected(CorrectionRecord(correctedSequence: 8, by: "x", why: "y", was: Samples.countedCup, becomes: nil)),
        .hoursCorrected(
            HoursRecord(
                first: 2, last: 3, boot: Bench.boot,
                anchor: ClockAnchor(monotonicNanoseconds: 0, unixMilliseconds: 1_790_000_000_000),
                moves: [
                    HourMove(
                        fromHour: 497_222, toHour: 497_223, packagingType: "cup-300", material: .pp, stream: .reuse,
                        outcome: .committed, units: 1, massMilligrams: 35_120)
                ])),
    ])
    func `a forged correction is found though the chain is whole`(record: LedgerRecord) throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        try bench.forge(record)
        let problems = try bench.verify().problems
        #expect(problems.contains { $0.hasPrefix("Entry 14 ") }, "\(problems)")
    }

    @Test func `hours of a corrected item move as what it counts now, and a void one moves nothing`() throws {
        let bench = try Bench()
        bench.clock.setTrusted(false)
        let writer = try bench.writer()
        for record in Samples.everyKind { writer.append(RecordToken(rawValue: 1), record) }
        writer.performWaiting()
        try correct(2, writer, to: lighter)
        try correct(6, writer, to: nil)
        bench.clock.stepWallClock(by: .seconds(3600))
        bench.clock.setTrusted(true)
        bench.clock.advance(.seconds(5))
        while writer.performWaiting().hasWorked {}
        var later = lighter
        later.unixHour += 1
        #expect(try bench.fold()[TotalKey(later)]?.units == 1)
        #expect(try bench.fold().keys.allSatisfy { $0.unixHour == 497_223 })
        // It comes back in its true hour.
        try writer.correctNow(6, by: "anna", why: "it was none") { $0 }
        writer.stop()
        #expect(try bench.fold().keys.allSatisfy { $0.unixHour == 497_223 })
        #expect(try bench.fold().values.map(\.units).reduce(0, +) == 4)
        #expect(try bench.verify().isWhole)
        #expect(try LedgerRecounter(directory: bench.directory).recount().agrees)
    }

    @Test func `a report that is cut between an item and its correction takes back what the first has given`()
        async throws
    {
        let bench = try Bench()
        try bench.store([Samples.acceptedCup, Samples.ended(1)])
        let writer = try bench.writer()
        try correct(1, writer, to: lighter)
        let outbox = LedgerOutbox(writer: writer, reader: try LedgerReader(directory: bench.directory), totalsLimit: 1)
        let first = try #require(try await outbox.cutReport(after: 0, entryLimit: 2))
        let second = try #require(try await outbox.cutReport(after: 2, entryLimit: 100))
        let counted = try [first, second].map { try CanonicalJSON.decode(CountReport.self, from: $0.body).totals }
        #expect(counted[0].map(\.units) == [1])
        #expect(counted[1].map(\.units) == [1, -1])
        #expect(counted[1].map(\.massMilligrams) == [30_000, -35_120])
        let both = try #require(try await outbox.cutReport(after: 0, entryLimit: 100))
        #expect(both.to == 3, "together they are one total")
        let together = try CanonicalJSON.decode(CountReport.self, from: both.body).totals
        #expect(together.map(\.units) == [1] && together.map(\.key) == [TotalKey(lighter)])
        writer.stop()
    }
}

extension Bench {
    /// An entry as a writer with a mistake would chain it, past every check.
    func forge(_ record: LedgerRecord) throws {
        let database = try DatabaseQueue(path: place.database)
        try database.write { db in
            var appender = EntryAppender(
                identity: try EntryTable.identity(db), bootID: Bench.boot, head: try EntryTable.head(db))
            let stamp = Stamp(instant: clock.now, wallTime: clock.wallTime)
            let entry = try appender.link(EncodedRecord(record), stamp)
            try EntryTable.insert(entry, readings: nil, db)
            try Projections.add(record, of: entry, db)
        }
        try database.close()
    }
}
