import ClusterAPI
import TestSupport
import Testing
import Vocabulary

@testable import ClusterStore
@testable import Uplink

/// The third invariant: the cluster's total equals the fold over the ledger up to the watermark, whatever happens.
@Suite struct RandomReportTests {
    @Test(arguments: UInt64(1)...12)
    func `totals equal the fold at every step of any stream of reports`(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            var generator = SeededGenerator(state: seed)
            var store = try ClusterStore(directory: folder)
            try await store.enrolAndApprove(key: fixedKey())
            let ledger = FakeLedger()
            var sent: [CountReport] = []
            var accepted = 0
            await ledger.append(3, using: &generator)
            for _ in 0..<150 {
                switch Int.random(in: 0..<10, using: &generator) {
                case 0: store = try ClusterStore(directory: folder)
                case 1, 2: await ledger.append(Int.random(in: 1...8, using: &generator), using: &generator)
                case 3, 4:
                    if let old = sent.randomElement(using: &generator) { _ = try await store.accept(old) }
                case 5, 6:
                    let from = Int64.random(in: 1...(await ledger.lastSequence), using: &generator)
                    let to = Int64.random(in: from...(await ledger.lastSequence), using: &generator)
                    sent.append(await ledger.report(from: from, to: to))
                    _ = try await store.accept(sent[sent.count - 1])
                default:
                    let watermark = try await store.stations().first?.watermark ?? 0
                    guard let cut = try await ledger.cutReport(after: watermark, entryLimit: 5) else { continue }
                    sent.append(await ledger.report(from: cut.from, to: cut.to))
                    accepted += try await store.accept(sent[sent.count - 1]).status == .held ? 1 : 0
                }
                let watermark = try await store.stations().first?.watermark ?? 0
                let expected = watermark == 0 ? [] : await ledger.totals(to: watermark)
                try #require(try await store.allTotals() == expected, "seed \(seed), watermark \(watermark)")
            }
            #expect(accepted > 10, "the stream must get somewhere to prove anything")
        }
    }

    @Test(arguments: UInt64(1)...6)
    func `an uplink over a line that loses, doubles and reorders ends with equal totals`(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            let store = try ClusterStore(directory: folder)
            try await store.enrolAndApprove(key: fixedKey())
            let router = RouterTransport(store)
            let line = UnreliableTransport(seed: seed, cluster: router, directory: folder)
            let ledger = FakeLedger(entries: 10)
            try await withUplink(to: line, ledger: ledger, key: fixedKey()) { rig in
                _ = try await rig.untilUpToDate()
                for count in 1...15 {
                    await ledger.append(count)
                    _ = try await rig.untilUpToDate()
                }
                // A pulse given while a report was under way is one more look that finds nothing.
                let last = await ledger.lastSequence
                #expect(last == 130)
                #expect(await ledger.acknowledgedSequence() == last)
                let reopened = try ClusterStore(directory: folder)
                #expect(try await reopened.allTotals() == (await ledger.totals(to: last)))
            }
        }
    }

    @Test func `stations do not touch each other's totals`() async throws {
        try await withStore { store in
            let first = FakeLedger(station: "rs-1", entries: 20)
            let second = FakeLedger(station: "rs-2", entries: 30)
            try await store.enrolAndApprove("rs-1", key: fixedKey())
            try await store.enrolAndApprove("rs-2", key: fixedKey(9))
            _ = try await store.accept(await first.report(from: 1, to: 20))
            _ = try await store.accept(await second.report(from: 1, to: 30))
            #expect(try await store.allTotals(of: "rs-1") == (await first.totals(to: 20)))
            #expect(try await store.allTotals(of: "rs-2") == (await second.totals(to: 30)))
            let units = try await store.allTotals().map(\.units).reduce(0, +)
            let parts = await first.totals(to: 20) + second.totals(to: 30)
            #expect(units == parts.map(\.units).reduce(0, +))
        }
    }
}
