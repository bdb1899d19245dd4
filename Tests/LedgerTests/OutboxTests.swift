import ClusterAPI
import Foundation
import Station
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct OutboxTests {
    /// A ledger of 300 random steps over some hours, with its writer running.
    final class Running {
        let bench: Bench
        let writer: LedgerWriter
        let records: [(LedgerRecord, unixMilliseconds: Int64)]

        init(seed: UInt64) async throws {
            bench = try Bench()
            writer = try bench.writer()
            try writer.start()
            var stamped: [(LedgerRecord, unixMilliseconds: Int64)] = []
            for record in RandomLife(seed: seed, steps: 300).records {
                bench.clock.advance(.seconds(40))
                stamped.append((record, bench.clock.wallTime.unixMilliseconds))
                writer.append(RecordToken(rawValue: Int64(stamped.count)), record)
                _ = await bench.sink.answers(stamped.count)
            }
            records = stamped
        }

        deinit { writer.stop() }

        func outbox(totalsLimit: Int = 2000) throws -> LedgerOutbox {
            LedgerOutbox(
                writer: writer, reader: try LedgerReader(directory: bench.directory), totalsLimit: totalsLimit)
        }

        /// Every report from `sequence` on.
        func reports(after sequence: Int64, entryLimit: Int, totalsLimit: Int) async throws -> [CountReport] {
            let outbox = try outbox(totalsLimit: totalsLimit)
            var reports: [CountReport] = []
            while let cut = try await outbox.cutReport(after: reports.last?.to ?? sequence, entryLimit: entryLimit) {
                let report = try CanonicalJSON.decode(CountReport.self, from: cut.body)
                #expect((report.from, report.to) == (cut.from, cut.to))
                #expect(try CanonicalJSON.encode(report) == cut.body)
                reports.append(report)
            }
            return reports
        }
    }

    struct Cutting: Sendable {
        var entryLimit: Int
        var totalsLimit: Int
    }

    @Test(arguments: [
        Cutting(entryLimit: 1, totalsLimit: 2000), Cutting(entryLimit: 7, totalsLimit: 2000),
        Cutting(entryLimit: 100, totalsLimit: 5), Cutting(entryLimit: 10_000, totalsLimit: 1),
        Cutting(entryLimit: 10_000, totalsLimit: 2000),
    ])
    func `reports cover every entry once, are linked, and count what happened`(cutting: Cutting) async throws {
        let running = try await Running(seed: 7)
        let reports = try await running.reports(
            after: 0, entryLimit: cutting.entryLimit, totalsLimit: cutting.totalsLimit)
        var (next, head) = (Int64(1), String(repeating: "0", count: 64))
        for report in reports {
            #expect(report.from == next && report.previousHead == head)
            #expect(report.to - report.from < cutting.entryLimit && report.totals.count <= cutting.totalsLimit)
            #expect(report.station == Bench.station && report.ledger == running.writer.identity.ledger)
            #expect(report.totals.map(\.key) == report.totals.map(\.key).sorted())
            (next, head) = (report.to + 1, report.head)
        }
        #expect(next == Int64(running.records.count) + 1)
        #expect(inSentences(reports.flatMap(\.totals)) == countedByHand(running.records))
    }

    @Test func `after a gap the report is cut again from where the cluster stands`() async throws {
        let running = try await Running(seed: 8)
        let whole = try await running.reports(after: 0, entryLimit: 50, totalsLimit: 2000)
        let watermark = whole[1].to + 3
        let again = try await running.reports(after: watermark, entryLimit: 1000, totalsLimit: 2000)
        #expect(again.map(\.from) == [watermark + 1])
        #expect(again.map(\.to) == [Int64(running.records.count)])
        #expect(again.first?.previousHead == hexadecimal(try running.bench.entries()[Int(watermark) - 1].hash))
        #expect(
            inSentences(again.flatMap(\.totals)) == countedByHand(Array(running.records.dropFirst(Int(watermark)))))
    }

    @Test func `the watermark moves forward only, and never beyond the ledger`() async throws {
        let running = try await Running(seed: 9)
        let outbox = try running.outbox()
        #expect(try await outbox.acknowledgedSequence() == 0)
        try await outbox.acknowledge(upTo: 20)
        try await outbox.acknowledge(upTo: 10)
        #expect(try await outbox.acknowledgedSequence() == 20)
        let last = Int64(running.records.count)
        await #expect(throws: LedgerError.self) { try await outbox.acknowledge(upTo: last + 1) }
        await #expect(throws: LedgerError.self) { try await outbox.cutReport(after: last + 1, entryLimit: 10) }
        #expect(try await outbox.cutReport(after: last, entryLimit: 10)?.body == nil)
        running.writer.stop()
        await #expect(throws: LedgerError.self) { try await outbox.acknowledge(upTo: 30) }
        #expect(try await outbox.acknowledgedSequence() == 20)
    }

    @Test func `new entries are told after their commit, and the stream ends with the writer`() async throws {
        let running = try await Running(seed: 10)
        let outbox = try running.outbox()
        var pulses = outbox.newEntries().makeAsyncIterator()
        #expect(await pulses.next() != nil)
        running.writer.append(RecordToken(rawValue: 5000), Samples.refused)
        let last = Int64(running.records.count)
        var cut: CutReport?
        // An entry's answer comes before its pulse, so a pulse of the entries before may come late.
        while cut == nil, await pulses.next() != nil {
            cut = try await outbox.cutReport(after: last, entryLimit: 10)
        }
        #expect(cut?.to == last + 1)
        running.writer.stop()
        while await pulses.next() != nil {}
        var late = outbox.newEntries().makeAsyncIterator()
        #expect(await late.next() != nil)
        #expect(await late.next() == nil)
    }
}
