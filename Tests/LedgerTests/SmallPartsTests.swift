import ClusterAPI
import Station
import Testing
import Vocabulary

@testable import Ledger

@Suite struct DiskWatchTests {
    @Test func `the first look always says how it is`() {
        var ample = DiskWatch(reserveBytes: 1000)
        #expect(ample.look(freeBytes: 1000) { true } == .ample)
        var low = DiskWatch(reserveBytes: 1000)
        #expect(low.look(freeBytes: 999) { true } == .low)
    }

    @Test func `a file system that does not answer is a failure, not a number`() {
        var watch = DiskWatch(reserveBytes: 1000)
        #expect(watch.look(freeBytes: nil) { true } == .failed)
        #expect(watch.look(freeBytes: nil) { true } == nil)
        #expect(watch.look(freeBytes: 5000) { true } == .ample)
    }

    @Test func `after a refused write only a write that goes through ends it`() {
        var watch = DiskWatch(reserveBytes: 1000)
        _ = watch.look(freeBytes: 5000) { true }
        #expect(watch.fail(.failed) == .failed)
        #expect(watch.fail(.failed) == nil)
        #expect(watch.look(freeBytes: 5000) { false } == nil)
        #expect(watch.look(freeBytes: 1100) { true } == .low)
        #expect(watch.fail(.diskFull) == nil)
        #expect(watch.look(freeBytes: 5000) { false } == nil)
        #expect(watch.look(freeBytes: 5000) { true } == .ample)
        #expect(watch.fail(.diskFull) == .low)
    }

    @Test func `the real file system and kernel answer`() throws {
        #expect(try #require(FileSystem.freeBytes("/tmp")) > 0)
        #expect(FileSystem.freeBytes("/nowhere") == nil)
        #expect(isHexadecimal(try FileSystem.bootID(), digits: 32))
    }
}

@Suite struct MemoryLedgerTests {
    @Test func `it answers as the ledger on disk does, with the same counts`() throws {
        let life = RandomLife(seed: 3, steps: 100).records + [Samples.ended(1), Samples.ended(999)]
        let (disk, memory) = (try Bench(), try Bench())
        try disk.store(life)
        let ledger = MemoryLedger(
            station: Bench.station, sink: memory.sink, now: { memory.clock.now }, wallTime: { memory.clock.wallTime })
        for (offset, record) in life.enumerated() { ledger.append(RecordToken(rawValue: Int64(offset + 1)), record) }
        #expect(memory.sink.answers == disk.sink.answers)
        #expect(ledger.stored.map(\.record.kind.rawValue) == (try disk.entries().map(\.kind)))
        #expect(ledger.head.sequence == (try disk.verify().head.sequence))
        let unix = memory.clock.wallTime.unixMilliseconds
        #expect(inSentences(ledger.totals) == countedByHand(ledger.stored.map { ($0.record, unix) }))
    }

    @Test func `it has a limit like a disk`() throws {
        let bench = try Bench()
        let ledger = MemoryLedger(
            station: Bench.station, entryLimit: 1, sink: bench.sink, now: { .zero },
            wallTime: { bench.clock.wallTime })
        ledger.append(RecordToken(rawValue: 1), Samples.started)
        ledger.append(RecordToken(rawValue: 2), Samples.started)
        #expect(
            bench.sink.answers == [
                .recordStored(RecordToken(rawValue: 1), sequence: 1),
                .recordFailed(RecordToken(rawValue: 2), .diskFull),
            ])
    }
}
