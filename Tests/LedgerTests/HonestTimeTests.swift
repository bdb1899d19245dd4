import ClusterAPI
import Foundation
import GRDB
import OperatorAPI
import Station
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

/// The wall clock steps, is not trusted at first, and loses its trust: what the writer makes of it.
@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct HonestTimeTests {
    private static let hour: Int64 = 3_600_000

    /// An item that goes through: two entries.
    private func item(_ bench: Bench, _ writer: LedgerWriter) throws {
        let next = try bench.entries().count + 1
        writer.append(RecordToken(rawValue: 1), Samples.acceptedCup)
        writer.performWaiting()
        let accepted = try #require(try bench.lastAcceptance(from: next))
        writer.append(RecordToken(rawValue: 2), Samples.ended(accepted))
        writer.performWaiting()
    }

    private func settle(_ writer: LedgerWriter) { while writer.performWaiting().hasWorked {} }

    @Test func `a step while items pass is an entry before what was stamped after it`() throws {
        let bench = try Bench()
        let writer = try bench.writer()
        writer.append(RecordToken(rawValue: 1), Samples.acceptedCup)
        bench.clock.advance(.seconds(2))
        bench.clock.stepWallClock(by: .seconds(7200))
        writer.append(RecordToken(rawValue: 2), Samples.ended(1))
        bench.clock.advance(.seconds(2))
        writer.append(RecordToken(rawValue: 3), Samples.refused)
        let commits = CommitCounter()
        writer.database.add(transactionObserver: commits, extent: .databaseLifetime)
        settle(writer)
        #expect(commits.count == 1, "the step takes no transaction of its own")
        writer.stop()
        let entries = try bench.entries()
        #expect(entries.map(\.kind) == ["accepted", "clockChanged", "ended", "refused"])
        #expect(
            try entries[1].record() == .clockChanged(ClockRecord(stepMilliseconds: 7_200_000, isTrusted: true)))
        #expect(entries[1].unixMilliseconds == entries[2].unixMilliseconds)
        #expect(bench.sink.answers.contains(.recordStored(RecordToken(rawValue: 2), sequence: 3)))
        #expect(try bench.verify().isWhole)
    }

    @Test func `a step and lost trust are seen though nothing passes`() throws {
        let bench = try Bench()
        let writer = try bench.writer()
        settle(writer)
        bench.clock.advance(.seconds(5))
        bench.clock.stepWallClock(by: .seconds(-60))
        settle(writer)
        bench.clock.advance(.seconds(5))
        bench.clock.setTrusted(false)
        settle(writer)
        writer.stop()
        #expect(
            try bench.entries().map { try $0.record() } == [
                .clockChanged(ClockRecord(stepMilliseconds: -60_000, isTrusted: true)),
                .clockChanged(ClockRecord(stepMilliseconds: 0, isTrusted: false)),
            ])
    }

    @Test func `a clock that is only slewed makes no entry, and looking writes nothing`() throws {
        let bench = try Bench()
        let writer = try bench.writer()
        let commits = CommitCounter()
        writer.database.add(transactionObserver: commits, extent: .databaseLifetime)
        for _ in 0..<2000 {
            bench.clock.advance(.seconds(5))
            bench.clock.stepWallClock(by: .milliseconds(416))
            settle(writer)
        }
        #expect(commits.count == 0)
        writer.stop()
        #expect(try bench.entries().isEmpty)
    }

    @Test func `in normal operation an item is two entries and two transactions`() throws {
        let bench = try Bench()
        let writer = try bench.writer()
        settle(writer)
        let commits = CommitCounter()
        writer.database.add(transactionObserver: commits, extent: .databaseLifetime)
        for _ in 0..<20 {
            bench.clock.advance(.seconds(6))
            try item(bench, writer)
        }
        settle(writer)
        #expect(commits.count == 40)
        writer.stop()
        #expect(try bench.entries().count == 40)
    }

    // MARK: Hours

    /// Items of three hours, stamped by a clock that is 30 hours late, and what the true hours are.
    private func untrusted(_ bench: Bench, _ writer: LedgerWriter, items: Int) throws -> [Int64: Int64] {
        var units: [Int64: Int64] = [:]
        for _ in 0..<items {
            bench.clock.advance(.seconds(3 * 3600 / items))
            try item(bench, writer)
            units[bench.clock.wallTime.unixMilliseconds / Self.hour + 30, default: 0] += 1
        }
        return units
    }

    private func trust(_ bench: Bench) {
        bench.clock.stepWallClock(by: .seconds(30 * 3600))
        bench.clock.setTrusted(true)
        bench.clock.advance(.seconds(5))
    }

    private func unitsByHour(_ bench: Bench) throws -> [Int64: Int64] {
        let rows = try LedgerFile.openForReading(bench.place).read { db in
            try Row.fetchAll(db, sql: "SELECT unix_hour, sum(units) FROM totals GROUP BY unix_hour")
        }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }

    @Test func `trust after three hours without it moves what was counted into its true hours`() async throws {
        let bench = try Bench()
        bench.clock.setTrusted(false)
        var options = Bench.options
        options.hoursPerCorrection = 7
        let writer = try bench.writer(options)
        let reader = try LedgerReader(directory: bench.directory)
        let outbox = LedgerOutbox(writer: writer, reader: reader, totalsLimit: 1)
        let truth = try untrusted(bench, writer, items: 30)
        #expect(try await reader.untimedEntries() == 60)
        #expect(try await reader.returns(limit: 100).allSatisfy { $0.isTimeEstimated == true })
        #expect(try unitsByHour(bench) != truth)
        trust(bench)
        settle(writer)
        #expect(try unitsByHour(bench) == truth)
        #expect(try await reader.untimedEntries() == 0)
        let entries = try bench.entries()
        #expect(entries.suffix(10).map(\.kind) == ["clockChanged"] + Array(repeating: "hoursCorrected", count: 9))
        for row in try await reader.returns(limit: 100) {
            let entry = entries[Int(row.sequence) - 1]
            #expect(row.isTimeEstimated == nil)
            #expect(row.unixMilliseconds == entry.unixMilliseconds + 30 * Self.hour)
        }
        // Whatever the cuts, the reports add up to the fold, and never fall below zero on the way.
        var sums: [TotalKey: (units: Int64, mass: Int64)] = [:]
        var sequence: Int64 = 0
        while let cut = try await outbox.cutReport(after: sequence, entryLimit: 9) {
            for total in try CanonicalJSON.decode(CountReport.self, from: cut.body).totals {
                let sum = sums[total.key] ?? (0, 0)
                sums[total.key] = (sum.units + total.units, sum.mass + total.massMilligrams)
            }
            #expect(sums.values.allSatisfy { $0.units >= 0 && $0.mass >= 0 })
            sequence = cut.to
        }
        let fold = try bench.fold()
        #expect(sums.filter { $0.value != (0, 0) }.mapValues(\.units) == fold.mapValues(\.units))
        #expect(Set(fold.values.map(\.massMilligrams)).isSuperset(of: Set(sums.values.map(\.mass)).subtracting([0])))
        writer.stop()
        #expect(try bench.verify().isWhole)
        #expect(try LedgerRecounter(directory: bench.directory).recount().agrees)
    }

    @Test func `a restart in the middle of correcting goes on where it was`() throws {
        let bench = try Bench()
        bench.clock.setTrusted(false)
        var options = Bench.options
        options.hoursPerCorrection = 4
        let writer = try bench.writer(options)
        let truth = try untrusted(bench, writer, items: 10)
        trust(bench)
        writer.performWaiting()
        #expect(writer.performWaiting().hasWorked)
        let crashed = try bench.image()
        writer.stop()
        #expect(try crashed.entries().count { $0.kind == "hoursCorrected" } == 1)

        let again = try crashed.writer(options)
        settle(again)
        again.stop()
        let ranges = try crashed.entries().compactMap { entry -> ClosedRange<Int64>? in
            guard case .hoursCorrected(let hours) = try entry.record() else { return nil }
            return hours.first...hours.last
        }
        #expect(ranges.map(\.count) == [4, 4, 4, 4, 4])
        #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        #expect(try unitsByHour(crashed) == truth)
        #expect(try crashed.verify().isWhole)
        let third = try crashed.writer(options)
        settle(third)
        third.stop()
        #expect(try crashed.entries().count { $0.kind == "hoursCorrected" } == 5, "nothing is corrected twice")
    }

    @Test func `what a boot without a trusted clock recorded stays as it is`() async throws {
        let bench = try Bench()
        bench.clock.setTrusted(false)
        let writer = try bench.writer()
        _ = try untrusted(bench, writer, items: 3)
        writer.stop()
        let counted = try unitsByHour(bench)
        trust(bench)
        var options = Bench.options
        options.bootID = String(repeating: "f", count: 32)
        let next = try bench.writer(options)
        next.append(RecordToken(rawValue: 1), Samples.refused)
        settle(next)
        next.stop()
        #expect(try !bench.entries().contains { $0.kind == "hoursCorrected" || $0.kind == "clockChanged" })
        #expect(try unitsByHour(bench).filter { counted.keys.contains($0.key) } == counted)
        let reader = try LedgerReader(directory: bench.directory)
        #expect(try await reader.untimedEntries() == 0)
        #expect(try await reader.returns(limit: 10).map(\.isTimeEstimated) == [nil, true, true, true])
        #expect(try bench.verify().isWhole)
    }

    @Test func `a step between two runs of one boot is an entry before what the second one ends`() throws {
        let bench = try Bench()
        try bench.store([Samples.acceptedCup])
        bench.clock.advance(.seconds(60))
        bench.clock.stepWallClock(by: .seconds(-3600))
        let writer = try bench.writer()
        #expect(writer.recoveredCount == 1)
        writer.stop()
        #expect(try bench.entries().map(\.kind) == ["accepted", "clockChanged", "ended"])
        #expect(try bench.verify().isWhole)
    }

    @Test func `hours that cannot be corrected are tried again, and items go on meanwhile`() throws {
        let bench = try Bench()
        bench.clock.setTrusted(false)
        let writer = try bench.writer()
        _ = try untrusted(bench, writer, items: 2)
        try bench.alter("CREATE TRIGGER broken BEFORE DELETE ON untimed BEGIN SELECT RAISE(ABORT, 'broken'); END")
        trust(bench)
        settle(writer)
        try item(bench, writer)
        #expect(try bench.entries().map(\.kind).suffix(3) == ["clockChanged", "accepted", "ended"])
        try bench.alter("DROP TRIGGER broken")
        settle(writer)
        #expect(try bench.entries().count == 7, "not before the next look")
        bench.clock.advance(.seconds(5))
        settle(writer)
        writer.stop()
        #expect(try bench.entries().map(\.kind).last == "hoursCorrected")
        #expect(try bench.verify().isWhole)
    }

    @Test func `as much as one entry corrects fits its payload and a report, in the longest words`() throws {
        let limit = LedgerOptions().hoursPerCorrection
        let move = HourMove(
            fromHour: -2_562_047_788_015, toHour: -2_562_047_788_015,
            packagingType: PackagingTypeID(unchecked: String(repeating: "x", count: 64)), material: .aluminium,
            stream: .recycling, outcome: .unconfirmed, units: Int64(limit), massMilligrams: .max)
        let hours = HoursRecord(
            first: .max, last: .max, boot: Bench.boot,
            anchor: ClockAnchor(monotonicNanoseconds: .max, unixMilliseconds: .min),
            moves: Array(repeating: move, count: limit))
        #expect(throws: Never.self) { try EncodedRecord(.hoursCorrected(hours)) }
        #expect(2 * limit <= ClusterProtocol.totalsPerReportLimit)
    }
}

/// Counts what was committed.
final class CommitCounter: TransactionObserver, Sendable {
    private let commits = Atomic(0)
    var count: Int { commits.load(ordering: .relaxed) }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { commits.add(1, ordering: .relaxed) }
    func databaseDidRollback(_ db: Database) {}
}

extension Bench {
    /// The last acceptance among the entries from `sequence` on.
    func lastAcceptance(from sequence: Int) throws -> Int64? {
        try entries().dropFirst(sequence - 1).last { $0.kind == "accepted" }?.sequence
    }

    /// The fold over all entries.
    func fold() throws -> [TotalKey: Total] {
        var fold = CountFold()
        for entry in try entries() { fold.add(try entry.record(), at: entry.wallTime) }
        return Dictionary(uniqueKeysWithValues: fold.sortedTotals.map { ($0.key, $0) })
    }
}
