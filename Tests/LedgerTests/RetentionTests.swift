import Foundation
import GRDB
import Station
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct RetentionTests {
    static let day: Duration = .seconds(86_400)

    /// Keeps readings for 90 days, or what the change says.
    static func options(_ change: (inout LedgerOptions, inout RetentionSettings) -> Void = { _, _ in }) -> LedgerOptions
    {
        var options = Bench.options
        var settings = RetentionSettings()
        change(&options, &settings)
        options.retention = settings
        return options
    }

    /// Whatever may go goes, a portion of two entries in each turn.
    static let greedy = options { options, settings in
        settings.sizeBytes = 0
        options.retentionPortionEntries = 2
    }

    func append(_ records: [LedgerRecord], to writer: LedgerWriter) {
        for record in records { writer.append(RecordToken(rawValue: 1), record) }
        writer.performWaiting()
    }

    func acknowledge(_ sequence: Int64, _ writer: LedgerWriter, _ bench: Bench) throws {
        try LedgerOutbox(writer: writer, reader: LedgerReader(directory: bench.directory)).acknowledgeNow(
            upTo: sequence)
    }

    /// Idle turns, one in each period.
    func turns(_ count: Int, _ writer: LedgerWriter, _ bench: Bench) {
        for _ in 0..<count {
            bench.clock.advance(.seconds(10))
            idle(writer)
        }
    }

    /// Until nothing waits, as the writer's thread does before it sleeps.
    func idle(_ writer: LedgerWriter) {
        while writer.performWaiting().hasWorked {}
    }

    func keptReadings(_ bench: Bench) throws -> [Int64] {
        try LedgerFile.openForReading(bench.place).read { db in
            var kept: [Int64] = []
            try EntryTable.visit(after: 0, withReadings: true, db) { entry, readings in
                if readings != nil { kept.append(entry.sequence) }
                return true
            }
            return kept
        }
    }

    func pruned(_ bench: Bench) throws -> Int64 {
        try LedgerReader(directory: bench.directory).prunedSequenceNow()
    }

    // MARK: What may go

    @Test func `only what is acknowledged goes, a portion in each period, and the chain stays whole`() throws {
        let bench = try Bench()
        let writer = try bench.writer(Self.greedy)
        append(Samples.everyKind, to: writer)
        turns(5, writer, bench)
        #expect(try keptReadings(bench) == [2, 4, 6, 7])
        try acknowledge(5, writer, bench)
        var steps: [Int64] = []
        for _ in 0..<4 {
            turns(1, writer, bench)
            idle(writer)
            steps.append(try pruned(bench))
        }
        #expect(steps == [2, 4, 5, 5])
        #expect(try keptReadings(bench) == [6, 7])
        writer.stop()
        let found = try bench.verify()
        #expect(found.isWhole && found.prunedReadings == 2, "\(found.problems)")
        #expect(try LedgerRecounter(directory: bench.directory).recount().agrees)
    }

    @Test func `pruned entries are what they were, byte by byte, and still cannot be removed`() throws {
        let bench = try Bench()
        let writer = try bench.writer(Self.greedy)
        append(Samples.everyKind, to: writer)
        let before = try bench.entries()
        try acknowledge(13, writer, bench)
        turns(7, writer, bench)
        writer.stop()
        #expect(try bench.entries() == before)
        #expect(try keptReadings(bench).isEmpty)
        for sql in ["DELETE FROM entry", "DELETE FROM entry WHERE sequence = 2", "UPDATE entry SET payload = ''"] {
            #expect(throws: DatabaseError.self) { try bench.alter(sql) }
        }
        #expect(try bench.count("SELECT count(*) FROM retention WHERE rewriting_first IS NULL") == 1)
    }

    @Test func `nothing is pruned while records wait`() throws {
        let bench = try Bench()
        let writer = try bench.writer(Self.greedy)
        append(Samples.everyKind, to: writer)
        try acknowledge(13, writer, bench)
        for _ in 0..<3 {
            bench.clock.advance(.seconds(60))
            append([Samples.started], to: writer)
        }
        #expect(try pruned(bench) == 0)
        idle(writer)
        #expect(try pruned(bench) == 2)
        writer.stop()
    }

    @Test func `the mark outlives a crash, and the next run goes on where it stands`() throws {
        let bench = try Bench()
        let first = try bench.writer(Self.greedy)
        append(Samples.everyKind, to: first)
        try acknowledge(13, first, bench)
        turns(2, first, bench)
        let after = try bench.image()
        #expect(try pruned(after) == 4)
        let second = try after.writer(Self.greedy)
        turns(10, second, after)
        #expect(try pruned(after) == 13)
        #expect(try keptReadings(after).isEmpty)
        second.stop()
        #expect(try after.verify().isWhole)
        first.stop()
    }

    @Test func `without settings for retention nothing is pruned`() throws {
        let bench = try Bench()
        let writer = try bench.writer()
        append(Samples.everyKind, to: writer)
        try acknowledge(13, writer, bench)
        bench.clock.advance(Self.day * 4000)
        turns(10, writer, bench)
        #expect(try keptReadings(bench) == [2, 4, 6, 7])
        writer.stop()
    }

    @Test func `where no cluster is, readings go only if the site has said so, and the ledger knows`() throws {
        for isChosen in [false, true] {
            let bench = try Bench()
            let writer = try bench.writer(
                Self.options { options, settings in
                    options.hasCluster = false
                    settings.withoutCluster = isChosen
                    settings.sizeBytes = 0
                })
            append(Samples.everyKind, to: writer)
            turns(2, writer, bench)
            writer.stop()
            #expect(try keptReadings(bench) == (isChosen ? [] : [2, 4, 6, 7]))
            #expect(try bench.verify().isWhole)
            // Without that mark, readings that are gone are a problem.
            try bench.tamper("UPDATE retention SET alone_sequence = 0")
            #expect(try bench.verify().isWhole == !isChosen)
        }
    }

    @Test func `the site's choice is for stations without a cluster only`() throws {
        let bench = try Bench()
        let writer = try bench.writer(
            Self.options { _, settings in
                settings.withoutCluster = true
                settings.sizeBytes = 0
            })
        append(Samples.everyKind, to: writer)
        turns(2, writer, bench)
        #expect(try pruned(bench) == 0)
        writer.stop()
    }

    // MARK: Age

    /// One item a day, all acknowledged.
    private func days(_ count: Int, _ options: LedgerOptions, _ bench: Bench) throws -> LedgerWriter {
        let writer = try bench.writer(options)
        for _ in 0..<count {
            append([Samples.refused], to: writer)
            bench.clock.advance(Self.day)
            idle(writer)
        }
        try acknowledge(Int64(count), writer, bench)
        return writer
    }

    @Test func `readings go when they are older than the settings say`() throws {
        let bench = try Bench()
        let writer = try days(100, Self.options(), bench)
        turns(1, writer, bench)
        // The last item came a day ago, the eleventh 90 days.
        #expect(try pruned(bench) == 11)
        bench.clock.advance(Self.day)
        turns(1, writer, bench)
        #expect(try pruned(bench) == 12)
        writer.stop()
    }

    @Test func `a wall clock that steps years ahead does not prune what is young`() throws {
        let bench = try Bench()
        let writer = try days(80, Self.options(), bench)
        bench.clock.stepWallClock(by: Self.day * 3000)
        turns(100, writer, bench)
        #expect(try pruned(bench) == 0)
        // A restart makes it no more believable.
        writer.stop()
        let again = try bench.writer(Self.options())
        turns(100, again, bench)
        #expect(try pruned(bench) == 0)
        bench.clock.stepWallClock(by: Self.day * -3000)
        bench.clock.advance(Self.day * 11)
        turns(1, again, bench)
        #expect(try pruned(bench) == 2)
        again.stop()
    }

    @Test func `entries without a trusted time go with the dated one behind them`() throws {
        let bench = try Bench()
        bench.clock.setTrusted(false)
        let options = Self.options { options, _ in options.retentionPortionEntries = 4 }
        let writer = try bench.writer(options)
        for _ in 0..<30 { append([Samples.refused], to: writer) }
        bench.clock.setTrusted(true)
        try acknowledge(30, writer, bench)
        bench.clock.advance(Self.day * 200)
        turns(20, writer, bench)
        #expect(try pruned(bench) == 0)
        append([Samples.refused, Samples.refused], to: writer)
        try acknowledge(32, writer, bench)
        bench.clock.advance(Self.day * 89)
        turns(20, writer, bench)
        #expect(try pruned(bench) == 0)
        bench.clock.advance(Self.day)
        turns(20, writer, bench)
        #expect(try pruned(bench) == 32)
        writer.stop()
    }
}
