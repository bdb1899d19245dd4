import Foundation
import GRDB
import Station
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct WriterTests {
    /// Counts the commits of the connection that it watches.
    final class CommitCounter: TransactionObserver, Sendable {
        private let commits = Mutex(0)
        var count: Int { commits.withLock { $0 } }
        func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
        func databaseDidChange(with event: DatabaseEvent) {}
        func databaseDidCommit(_ db: Database) { commits.withLock { $0 += 1 } }
        func databaseDidRollback(_ db: Database) {}
    }

    private func token(_ number: Int64) -> RecordToken { RecordToken(rawValue: number) }

    @Test func `what waits is stored in order, in one transaction, and answered in order`() async throws {
        let bench = try Bench()
        let writer = try bench.writer()
        let counter = CommitCounter()
        writer.database.add(transactionObserver: counter)
        for number in 1...50 { writer.append(token(Int64(100 + number)), Samples.refused) }
        try writer.start()
        let answers = await bench.sink.answers(50)
        #expect(answers == (1...50).map { .recordStored(token(Int64(100 + $0)), sequence: Int64($0)) })
        #expect(counter.count == 1)
        writer.stop()
        let result = try bench.verify()
        #expect(result.isWhole && result.entries == 50, "\(result.problems)")
    }

    @Test func `an answer is given only for what another connection can see`() async throws {
        let bench = try Bench()
        let writer = try bench.writer()
        try writer.start()
        for number in 1...20 {
            writer.append(token(Int64(number)), Samples.started)
            _ = await bench.sink.answers(number)
            #expect(try bench.count("SELECT count(*) FROM entry") == number)
        }
        writer.stop()
    }

    @Test func `an entry carries the time of its append, not of its write`() throws {
        let bench = try Bench()
        let writer = try bench.writer()
        let (asked, wall) = (bench.clock.now, bench.clock.wallTime)
        writer.append(token(1), Samples.started)
        bench.clock.advance(.seconds(60))
        bench.clock.setTrusted(false)
        writer.append(token(2), Samples.started)
        writer.stop()
        #expect(try bench.entries().map(\.kind) == ["started", "clockChanged", "started"])
        let entries = try bench.entries().filter { $0.kind == "started" }
        #expect(entries.map(\.monotonicNanoseconds) == [asked.nanoseconds, asked.nanoseconds + 60_000_000_000])
        #expect(entries.map(\.unixMilliseconds) == [wall.unixMilliseconds, wall.unixMilliseconds + 60_000])
        #expect(entries.map(\.clockTrusted) == [1, 0])
        #expect(entries.map(\.bootID) == [Bench.boot, Bench.boot])
    }

    @Test func `one record more than may wait is answered at once`() throws {
        let bench = try Bench()
        var options = Bench.options
        options.queueLimit = 2
        let writer = try bench.writer(options)
        for number in 1...3 { writer.append(token(Int64(number)), Samples.started) }
        #expect(bench.sink.answers == [.recordFailed(token(3), .failed)])
        writer.stop()
        #expect(try bench.verify().entries == 2)
    }

    @Test func `after the stop nothing is taken, and a second stop does nothing`() throws {
        let bench = try Bench()
        let writer = try bench.writer()
        try writer.start()
        writer.stop()
        writer.stop()
        writer.append(token(1), Samples.started)
        #expect(bench.sink.answers == [.recordFailed(token(1), .failed)])
        #expect(FileSystem.size(of: bench.place.writeAheadLog) == nil)
    }

    @Test func `a full disk drops nothing silently: each record is failed to its face (telegraf 802, 5536)`()
        async throws
    {
        let bench = try Bench()
        try bench.store([Samples.started])
        var options = Bench.options
        // GRDB makes and drops a table when it opens a WAL file: one page more than there are.
        options.pageLimit = try #require(try bench.count("PRAGMA page_count")) + 1
        let writer = try bench.writer(options)
        for number in 11...70 { writer.append(token(Int64(number)), Samples.acceptedCup) }
        try writer.start()
        let answers = await bench.sink.answers(61).dropFirst()
        #expect(answers.elementsEqual((11...70).map { .recordFailed(token(Int64($0)), .diskFull) }))
        #expect(await bench.sink.disk(3) == [.ample, .ample, .low])
        writer.stop()
        try bench.store([Samples.started])
        let result = try bench.verify()
        #expect(result.isWhole && result.entries == 2 && result.acceptances == 0, "\(result.problems)")
    }

    @Test func `a batch that SQLite refuses leaves nothing, and the next one goes on from the disk's head`()
        async throws
    {
        let bench = try Bench()
        try bench.store([Samples.started])
        try bench.alter(
            """
            CREATE TRIGGER broken BEFORE INSERT ON entry WHEN NEW.kind = 'stopped'
            BEGIN SELECT RAISE(ABORT, 'broken'); END
            """)
        let writer = try bench.writer()
        writer.append(token(2), Samples.refused)
        writer.append(token(3), .stopped(StopRecord(drained: true)))
        try writer.start()
        #expect(
            await bench.sink.answers(3).suffix(2) == [
                .recordFailed(token(2), .failed), .recordFailed(token(3), .failed),
            ])
        writer.append(token(4), Samples.refused)
        #expect(await bench.sink.answers(4).last == .recordStored(token(4), sequence: 2))
        writer.stop()
        #expect(bench.sink.disk.suffix(2) == [.ample, .failed])
        let result = try bench.verify()
        #expect(result.isWhole && result.entries == 2, "\(result.problems)")
    }

    @Test func `a record that can never be stored fails alone`() throws {
        let bench = try Bench()
        try bench.store([
            Samples.acceptedCup, Samples.ended(99), Samples.ended(1), Samples.ended(1, Samples.cup, .returned),
            Samples.refused,
        ])
        #expect(
            bench.sink.answers == [
                .recordStored(token(1), sequence: 1), .recordFailed(token(2), .failed),
                .recordStored(token(3), sequence: 2), .recordFailed(token(4), .failed),
                .recordStored(token(5), sequence: 3),
            ])
        let result = try bench.verify()
        #expect(result.isWhole && result.outcomes == 1, "\(result.problems)")
    }

    @Test func `little free space is told once, and ample again only with a fifth more`() async throws {
        let bench = try Bench()
        let free = Mutex(Int64(10_000))
        let shared = Shared(free)
        var options = Bench.options
        options.reserveBytes = 1000
        options.freeBytes = { _ in shared.value.withLock { $0 } }
        let writer = try bench.writer(options)
        try writer.start()
        #expect(await bench.sink.disk(1) == [.ample])
        var stored = 0
        func look(at bytes: Int64) async {
            shared.value.withLock { $0 = bytes }
            bench.clock.advance(.seconds(5))
            // Two in turn: between their answers the writer has surely looked.
            for _ in 0..<2 {
                stored += 1
                writer.append(token(Int64(stored)), Samples.started)
                _ = await bench.sink.answers(stored)
            }
        }
        await look(at: 999)
        #expect(await bench.sink.disk(2) == [.ample, .low])
        await look(at: 1199)
        #expect(bench.sink.disk == [.ample, .low])
        await look(at: 1200)
        #expect(await bench.sink.disk(3) == [.ample, .low, .ample])
        writer.stop()
    }

    final class Shared: Sendable {
        let value: Mutex<Int64>
        init(_ value: consuming sending Mutex<Int64>) { self.value = value }
    }

    @Test func `entries cannot be changed or removed by SQL, only their readings pruned`() throws {
        let bench = try Bench()
        try bench.store([Samples.acceptedCup, Samples.ended(1)])
        for column in ["sequence", "boot", "monotonic_nanoseconds", "payload", "hash", "readings"] {
            #expect(throws: DatabaseError.self) { try bench.alter("UPDATE entry SET \(column) = \(column)") }
        }
        #expect(throws: DatabaseError.self) { try bench.alter("DELETE FROM entry") }
        try bench.alter(
            "UPDATE uplink SET acknowledged_sequence = 1; UPDATE entry SET readings = NULL WHERE sequence = 1")
        let result = try bench.verify()
        #expect(result.isWhole && result.prunedReadings == 1, "\(result.problems)")
    }
}

extension Bench {
    func entries() throws -> [LedgerEntry] {
        try LedgerFile.openForReading(place).read { db in
            var entries: [LedgerEntry] = []
            try EntryTable.visit(after: 0, db) { entry, _ in
                entries.append(entry)
                return true
            }
            return entries
        }
    }

    /// SQL on the file with the ledger's triggers in place.
    func alter(_ sql: String) throws {
        let database = try DatabaseQueue(path: place.database)
        defer { try? database.close() }
        try database.writeWithoutTransaction { db in try db.execute(sql: sql) }
    }
}
