import GRDB
import Testing
import Vocabulary

@testable import Ledger

extension RetentionTests {
    // MARK: Size

    /// As the spectrometer gives it: some three and a half kilobytes.
    static let largeRefusal: LedgerRecord = {
        let bands = (0..<128).map { UInt16($0) }
        var evidence = Samples.evidence
        evidence.spectrum = .good(
            Spectrum(
                wavelengthsDecinanometres: bands.map { 10_140 + 55 * $0 }, raw: bands.map { 9000 + $0 },
                white: bands.map { 60_000 + $0 }, dark: bands.map { 1000 + $0 }, integrationMicroseconds: 5000),
            at: .zero)
        return .refused(
            RefusalRecord(
                passage: PassageID(rawValue: 3), rejection: Rejection(reason: .foreign, material: .unknown),
                withdrawn: false, massMilligrams: nil, evidence: evidence))
    }()

    @Test func `the file stops growing when it has its size, and the newest readings are the ones kept`() throws {
        let bench = try Bench()
        let size: Int64 = 4_000_000
        let writer = try bench.writer(Self.options { _, settings in settings.sizeBytes = size })
        var sizes: [Int64] = []
        var count: Int64 = 0
        for _ in 0..<40 {
            for _ in 0..<50 { append([Self.largeRefusal], to: writer) }
            count += 50
            try acknowledge(count, writer, bench)
            turns(2, writer, bench)
            try writer.database.writeWithoutTransaction { db in _ = try db.checkpoint(.passive) }
            sizes.append(try #require(FileSystem.size(of: bench.place.database)))
        }
        // 2000 items of 4 kB, which would be 8 MB. What is not pruned (entries, returns) goes on growing.
        #expect(sizes[39] < size + 500_000, "\(sizes)")
        #expect(sizes[39] - sizes[29] < 500 * 900, "\(sizes)")
        let kept = try keptReadings(bench)
        #expect(kept.last == count)
        let unpruned = try pruned(bench) + 1
        #expect(kept == Array(unpruned...count))
        writer.stop()
        let found = try bench.verify()
        #expect(found.isWhole && found.prunedReadings == unpruned - 1, "\(found.problems)")
    }

    // MARK: Ledgers of others

    @Test func `a ledger that older versions wrote is read as it is, and gets its mark from the next writer`() throws {
        let bench = try Bench()
        try bench.store(Samples.everyKind)
        try bench.tamper("DROP TABLE retention; DELETE FROM grdb_migrations WHERE identifier = '3-retention'")
        #expect(try bench.verify().isWhole)
        #expect(try pruned(bench) == 0)
        let writer = try bench.writer(Self.greedy)
        #expect(try bench.count("SELECT unix_milliseconds FROM retention") == 1_790_000_000_000)
        try acknowledge(13, writer, bench)
        turns(7, writer, bench)
        #expect(try pruned(bench) == 13)
        writer.stop()
        #expect(try bench.verify().isWhole)
    }

    @Test func `the status says what is kept and how large it is`() async throws {
        let bench = try Bench()
        let writer = try bench.writer(Self.greedy)
        append(Samples.everyKind, to: writer)
        let reader = try LedgerReader(directory: bench.directory)
        let before = try await reader.status()
        #expect(before.oldestReadings?.sequence == 2)
        #expect(before.oldestReadings?.unixMilliseconds == 1_790_000_000_000)
        let pages = try bench.count("PRAGMA page_count")
        #expect(before.usedBytes == Int64(pages ?? 0) * 4096)
        try acknowledge(13, writer, bench)
        turns(2, writer, bench)
        #expect(try await reader.status().oldestReadings?.sequence == 6)
        turns(5, writer, bench)
        #expect(try await reader.status().oldestReadings == nil)
        writer.stop()
    }
}
