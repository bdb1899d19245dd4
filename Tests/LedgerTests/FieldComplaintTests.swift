import ClusterAPI
import Foundation
import Station
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

/// What users of comparable systems complain of, where the ledger is the remedy. The names in brackets are the threads of
/// docs/field-complaints.md.
@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct FieldComplaintTests {
    @Test func `what a full disk refused is stored once there is space, in order (telegraf 802, 5536)`() async throws {
        let bench = try Bench()
        try bench.store([Samples.started])
        var options = Bench.options
        options.pageLimit = try #require(try bench.count("PRAGMA page_count")) + 3
        let full = try bench.writer(options)
        try full.start()
        let life = RandomLife(seed: 4, steps: 200).records
        for record in life { await bench.append(record, to: full) }
        full.stop()
        let answers = bench.sink.answers.dropFirst()
        #expect(answers.count == life.count, "every record has an answer")
        let refused = zip(life, answers).compactMap { record, answer -> LedgerRecord? in
            if case .recordFailed = answer { record } else { nil }
        }
        #expect(!refused.isEmpty && refused.count < life.count)
        #expect(bench.sink.disk.contains(.low), "the station is told, and suspends intake")
        let stored = try bench.entries().count - 1
        #expect(stored == life.count - refused.count)

        let remarks = refused.filter { $0.kind == .refused || $0.kind == .faultRaised }
        try bench.store(remarks)
        #expect(try bench.entries().map { try $0.record() }.suffix(remarks.count).elementsEqual(remarks))
        #expect(try bench.verify().isWhole)
    }

    @Test func `another configuration leaves the ledger as it is (thingsboard-gateway 2124)`() throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        let before = try bench.entries()
        let file = try bench.fileNumber
        let identity = try bench.verify().identity

        var options = LedgerOptions()
        options.bootID = String(repeating: "f", count: 32)
        options.queueLimit = 3
        options.reserveBytes = 1
        options.diskCheckPeriod = .seconds(60)
        options.freeBytes = { _ in 1 << 30 }
        let writer = try bench.writer(options)
        let start = StartRecord(softwareVersion: "2.0", catalogueVersion: "2027-1", configurationDigest: "other")
        writer.append(RecordToken(rawValue: 1), .started(start))
        writer.stop()

        let after = try bench.entries()
        #expect(after.dropLast() == before[...])
        #expect(after.last?.previousHash == before.last?.hash)
        #expect(try bench.fileNumber == file)
        let verification = try bench.verify()
        #expect(verification.isWhole && verification.identity == identity)
    }

    @Test func `every state that a crash can leave is ended once at boot (libocpp 480)`() async throws {
        for count in 1...Samples.everyKind.count {
            let bench = try Bench()
            let writer = try bench.writer()
            try writer.start()
            for record in Samples.everyKind.prefix(count) { await bench.append(record, to: writer) }
            let crashed = try bench.image()
            writer.stop()
            let isOpen = Samples.everyKind[count - 1].kind == .accepted
            let booted = try crashed.writer()
            #expect(booted.recoveredCount == (isOpen ? 1 : 0), "after \(count) entries")
            // The power goes again before anything new is stored.
            let crashedAgain = try crashed.image()
            booted.stop()
            let bootedAgain = try crashedAgain.writer()
            #expect(bootedAgain.recoveredCount == 0)
            bootedAgain.stop()
            let result = try crashedAgain.verify()
            #expect(result.isWhole && result.openAcceptances.isEmpty, "after \(count) entries: \(result.problems)")
            #expect(result.acceptances == result.outcomes)
        }
    }

    @Test func `a report cut again after a reboot has the same bytes (libocpp 907)`() async throws {
        let bench = try Bench()
        let writer = try bench.writer()
        try writer.start()
        let life = RandomLife(seed: 3, steps: 40).records + [Samples.acceptedCup]
        for record in life { await bench.append(record, to: writer) }
        func cut(_ bench: Bench, _ writer: LedgerWriter) async throws -> CutReport? {
            let reader = try LedgerReader(directory: bench.directory)
            let outbox = LedgerOutbox(writer: writer, reader: reader, totalsLimit: 2000)
            return try await outbox.cutReport(after: 0, entryLimit: life.count)
        }
        let before = try await cut(bench, writer)
        let crashed = try bench.image()
        writer.stop()
        // The boot ends the open acceptance by an entry of its own, beyond what was reported.
        let booted = try crashed.writer()
        #expect(booted.recoveredCount == 1)
        #expect(try await cut(crashed, booted)?.body == before?.body)
        #expect(before?.to == Int64(life.count))
        booted.stop()
    }

    @Test func `no power cut damages the ledger or takes an answered entry (kura 2169)`() async throws {
        let bench = try Bench()
        let writer = try bench.writer()
        try writer.start()
        let life = RandomLife(seed: 2169, steps: 12).records
        // What was synced when each entry was answered.
        var synced = [try bench.log.count]
        for record in life {
            await bench.append(record, to: writer)
            synced.append(try bench.log.count)
        }
        let (database, log) = try (bench.database, bench.log)
        let entries = try bench.entries()
        writer.stop()
        let checkpointed = try bench.database
        #expect(entries.count == life.count && synced == synced.sorted() && Set(synced).count == synced.count)

        var cut = PowerCut(seed: 2169)
        for (count, offset) in synced.enumerated() {
            for _ in 0..<8 {
                let found = try Bench.after(database: database, log: cut.tear(log, after: offset))
                try expect(found, holds: entries.prefix(count), "the log beyond \(offset) bytes was torn")
            }
        }
        for _ in 0..<20 {
            let found = try Bench.after(database: cut.mix(database, checkpointed), log: log)
            try expect(found, holds: entries[...], "a checkpoint was torn")
            let restarted = try Bench.after(database: checkpointed, log: cut.tear(log, after: 0))
            try expect(restarted, holds: entries[...], "the log was torn after its checkpoint")
        }
    }

    private func expect(_ bench: Bench, holds acknowledged: ArraySlice<LedgerEntry>, _ cut: Comment) throws {
        let writer = try bench.writer()
        writer.stop()
        let result = try bench.verify()
        #expect(result.isWhole && result.openAcceptances.isEmpty, "\(cut): \(result.problems)")
        #expect(try bench.entries().prefix(acknowledged.count) == acknowledged, cut)
    }

    @Test func `a step of the wall clock reorders no entry (portduino 78)`() throws {
        let bench = try Bench()
        let writer = try bench.writer()
        let steps: [Duration] = [.seconds(3600), .seconds(-30 * 365 * 86_400), .seconds(20 * 365 * 86_400), .zero]
        for (number, step) in steps.enumerated() {
            bench.clock.stepWallClock(by: step)
            bench.clock.advance(.seconds(1))
            writer.append(RecordToken(rawValue: Int64(number)), Samples.refused)
        }
        writer.stop()
        let entries = try bench.entries()
        #expect(entries.map(\.sequence) == [1, 2, 3, 4, 5, 6, 7])
        let change = "clockChanged"
        #expect(entries.map(\.kind) == [change, "refused", change, "refused", change, "refused", "refused"])
        let monotonic = entries.filter { $0.kind == "refused" }.map(\.monotonicNanoseconds)
        #expect(zip(monotonic, monotonic.dropFirst()).allSatisfy { $1 - $0 == 1_000_000_000 })
        #expect(entries.map(\.monotonicNanoseconds) == entries.map(\.monotonicNanoseconds).sorted())
        let wall = entries.map(\.unixMilliseconds)
        #expect(wall != wall.sorted(), "the wall clock is recorded as it was")
        #expect(try bench.verify().isWhole)
    }

    @Test func `a disk that fails and works in turns does not flood the log (EVerest 523)`() async throws {
        let bench = try Bench()
        try bench.store([Samples.started])
        // As a disk would that refuses every second write.
        try bench.alter(
            """
            CREATE TRIGGER broken BEFORE INSERT ON entry WHEN NEW.kind = 'stopped'
            BEGIN SELECT RAISE(ABORT, 'broken'); END
            """)
        let recorder = LogRecorder()
        let writer = try bench.writer(logger: recorder.logger)
        try writer.start()
        for _ in 0..<60 {
            await bench.append(.stopped(StopRecord(drained: true)), to: writer)
            await bench.append(Samples.refused, to: writer)
            // Of an acceptance that is not there: the station would try it again for ever.
            await bench.append(Samples.ended(99), to: writer)
        }
        bench.clock.advance(RepeatLimit.window)
        await bench.append(Samples.refused, to: writer)
        writer.stop()
        #expect(recorder.lines.count <= 40, "\(recorder.lines)")
        #expect(
            recorder.lines.contains(
                "warning: 50 lines about refused records were left out. The last was: record refused"))
        #expect(
            recorder.lines.contains(
                "warning: 110 lines about writing were left out. The last was: the ledger can be written again"))
    }
}

extension Bench {
    /// The file system's number of the ledger's file: another one is another file.
    var fileNumber: Int {
        get throws {
            try #require(
                FileManager.default.attributesOfItem(atPath: place.database)[.systemFileNumber] as? Int)
        }
    }
}
