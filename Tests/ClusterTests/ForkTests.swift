import ClusterAPI
import Foundation
import Testing
import Vocabulary

@testable import ClusterStore
@testable import Uplink

@Suite struct ForkTests {
    /// Entries 1 to 3, 4 to 6 and 7 to 10 of an approved station count, received at noon and each an hour later.
    private func withHistory(_ body: (ClusterStore) async throws -> Void) async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            for (hour, range) in [(Int64(1), Int64(3)), (4, 6), (7, 10)].enumerated() {
                let answer = try await store.accept(report(range.0, range.1), at: noon + Int64(hour) * 3600)
                #expect(answer.status == .held)
            }
            try await body(store)
        }
    }

    /// A report of a history that shares the first three entries.
    private func other(_ from: Int64, _ to: Int64, totals: [Total]? = nil) -> CountReport {
        var report = report(from, to, branch: "other", totals: totals)
        if from <= 4 { report.previousHead = head(from - 1) }
        return report
    }

    private func send(_ report: CountReport, to store: ClusterStore, at seconds: Int64 = noon) async throws
        -> ReportAnswer
    {
        let signed = try Signed(report, fixedKey())
        return try await store.accept(report, body: signed.body, signature: signed.signature, at: seconds)
    }

    @Test func `a repeat below the watermark that ends with another entry is a fork`() async throws {
        try await withHistory { (store) async throws -> Void in
            #expect(try await send(other(4, 6), to: store).status == .fork)
            #expect(try await send(other(5, 6), to: store).status == .fork)
            #expect(try await send(report(7, 8, branch: "other"), to: store).status == .fork)
            #expect(try await store.allTotals() == [cups(10)])
        }
    }

    @Test func `what no held report can be compared with is held, as before`() async throws {
        try await withHistory { (store) async throws -> Void in
            let before = try await store.dump()
            for (from, to) in [(Int64(4), Int64(6)), (4, 5), (2, 8), (1, 10), (9, 9)] {
                #expect(try await send(report(from, to), to: store).status == .held)
            }
            // Neither the beginning nor the end of this one is known: it may be another history, nobody can tell.
            #expect(try await send(other(5, 8), to: store).status == .held)
            #expect(try await store.dump() == before)
        }
    }

    @Test func `the newest reports of each ledger are remembered`() async throws {
        try await withStore { store in
            try await store.enrolAndApprove(key: fixedKey())
            let limit = Int64(LedgerFork.heldReportsLimit)
            for entry in 1...(limit + 5) { _ = try await store.accept(report(entry, entry)) }
            _ = try await store.accept(report(1, 1, ledger: ledgerB))
            let held = try await store.dump().filter { $0.hasPrefix("held_reports ") }
            #expect(held.count == Int(limit) + 1)
            // Of the sixth a hash is known, of the fifth none.
            #expect(try await send(report(6, 6, branch: "other"), to: store).status == .fork)
            #expect(try await send(report(4, 5, branch: "other"), to: store).status == .held)
        }
    }

    @Test func `both branches are kept and told from the last entry that they share`() async throws {
        try await withHistory { (store) async throws -> Void in
            let refused = other(4, 6, totals: [cups(2), cups(1, outcome: .returned)].sorted { $0.key < $1.key })
            _ = try await send(refused, to: store, at: noon + 86_400)
            let fork = try #require(try await store.forks(of: cupStation).first)
            #expect(fork.point == ForkPoint(sharedUpTo: 3, differsAt: 6))
            #expect(fork.watermark == 10 && fork.head == head(10))
            #expect(fork.held.map(\.first) == [4, 7] && fork.held.map(\.units) == [3, 4])
            #expect(fork.held.map(\.receivedUnixSeconds) == [noon + 3600, noon + 7200])
            #expect(
                fork.refused == [
                    RefusedReport(
                        first: 4, last: 6, previousHead: head(3), head: head(6, branch: "other"), reason: "headDiffers",
                        receivedUnixSeconds: noon + 86_400, signedBy: try fixedKey().fingerprint,
                        totals: [
                            OutcomeTotal(outcome: .committed, units: 2, massMilligrams: 70_000),
                            OutcomeTotal(outcome: .returned, units: 1, massMilligrams: 35_000),
                        ])
                ])
            #expect(
                try await store.forks() == [
                    ForkSummary(
                        station: cupStation, ledger: ledgerA, point: fork.point, watermark: 10, refusedReports: 1,
                        firstRefusedUnixSeconds: noon + 86_400)
                ])
            #expect(try await store.forks(of: "rs-2").isEmpty)
        }
    }

    @Test func `further refused reports narrow down where the two part`() async throws {
        try await withHistory { (store) async throws -> Void in
            _ = try await send(report(11, 12, branch: "other"), to: store)
            #expect(try await store.forks().first?.point == ForkPoint(sharedUpTo: 0, differsAt: 10))
            _ = try await send(report(7, 9, branch: "other"), to: store)
            #expect(try await store.forks().first?.point == ForkPoint(sharedUpTo: 0, differsAt: 6))
            _ = try await send(other(4, 6), to: store)
            #expect(try await store.forks().first?.point == ForkPoint(sharedUpTo: 3, differsAt: 6))
        }
    }

    @Test func `a person sees both branches side by side, whose signature it is, and what to do`() async throws {
        try await withHistory { (store) async throws -> Void in
            _ = try await send(other(4, 6), to: store, at: noon + 86_400)
            let fork = try #require(try await store.forks(of: cupStation).first)
            #expect(
                fork.text == """
                    Station rs-1, ledger 0123456789abcdef0123456789abcdef: two histories, the same up to entry 3, different from entry 6 at the latest.

                      HELD, counted up to entry 10            | REFUSED, not counted
                      4 to 6: 3 units, 2026-01-02T13:00:00Z   | 4 to 6: 3 units, 2026-01-03T12:00:00Z
                      7 to 10: 4 units, 2026-01-02T14:00:00Z  |

                    Refused: entries 4 to 6, which end with another entry than the one held
                      continues \(head(3))
                      ends with \(head(6, branch: "other"))
                      signed by the key \(try fixedKey().fingerprint)
                      would count
                        committed: 3 units, 0.105000 kg

                    What to do: find out which machine or copy wrote the refused entries.
                      Restored backup: move the station's ledger away. It begins a new one, which counts from then on.
                      Cloned card: stop the copy, and empty its stateDirectory, key included. Approve it under a name of its own.
                      Neither: refuse the station and have its ledger verified; somebody may have changed it.
                    What was refused is never counted by itself. It is kept here, signed, until the store is deleted.

                    """)
            let summary = try #require(try await store.forks().first)
            #expect(
                summary.text == """
                    rs-1, ledger 0123456789abcdef0123456789abcdef: same up to entry 3, different from entry 6 at the latest
                      held up to entry 10; 1 refused, first 2026-01-03T12:00:00Z

                    """)
            #expect(try await store.stations().first?.text.contains("FORKED: see `clusterd forks show rs-1`") == true)
        }
    }

    @Test func `a fork stays verifiable when the key was exchanged, and when it was refused and replaced`() async throws
    {
        try await withHistory { (store) async throws -> Void in
            let first = try fixedKey()
            _ = try await send(other(4, 6), to: store)
            let second = try fixedKey(9)
            let exchange = try Signed(
                second.exchangeRequest(station: cupStation, replacing: first.publicKey), first)
            let answer = try await store.exchangeKey(
                CanonicalJSON.decode(KeyExchangeRequest.self, from: exchange.body), body: exchange.body,
                signature: exchange.signature, at: noon)
            #expect(answer.status == .exchanged)
            #expect(try await store.forks(of: cupStation).first?.refused.first?.signedBy == first.fingerprint)
            try await store.refuse(cupStation)
            let third = try fixedKey(17)
            _ = try await store.enrol(EnrolmentRequest(station: cupStation, publicKey: third.publicKey))
            #expect(try await store.forks(of: cupStation).first?.refused.first?.signedBy == first.fingerprint)
            // A key that came with an enrolment was exchanged for none.
            #expect(try await store.stations().first?.formerFingerprint == nil)
        }
    }

    @Test func `a report that bears nobody's signature is shown as such`() async throws {
        try await withHistory { (store) async throws -> Void in
            _ = try await store.accept(other(4, 6))
            let fork = try #require(try await store.forks(of: cupStation).first)
            #expect(fork.refused.first?.signedBy == nil)
            #expect(fork.text.contains("signed by a key that is not held here"))
        }
    }
}

/// A ledger that came back from a backup, through the whole uplink.
@Suite struct RestoredBackupTests {
    @Test(arguments: [Int64(3), 4, 5, 8])
    func `a ledger that is several entries behind the cluster is forked, not unreachable`(last: Int64) async throws {
        let ledger = FakeLedger(entries: 10)
        try await withCluster(ledger: ledger) { store, _, rig in
            _ = try await rig.untilUpToDate()
            await ledger.restore(to: last - 1, acknowledged: 2)
            await ledger.append(1)
            await rig.clock.next().wake()
            let sleeper = await rig.clock.next()
            #expect(sleeper.duration == UplinkService.forkPause)
            #expect(
                rig.uplink.snapshot.state
                    == .forked(
                        lastError:
                            "The cluster holds this ledger up to entry 10, which it has not got: it was restored "
                            + "from an older copy."))
            #expect(await ledger.acknowledgedSequence() == 2)
        }
    }

    @Test func `a restored backup that grew beyond the watermark is a fork that the cluster shows`() async throws {
        let ledger = FakeLedger(entries: 10)
        try await withCluster(ledger: ledger) { store, _, rig in
            _ = try await rig.untilUpToDate()
            await ledger.restore(to: 4, acknowledged: 4, branch: "other")
            await ledger.append(9)
            await rig.clock.next().wake()
            var sleeper = await rig.clock.next()
            if sleeper.duration == UplinkService.coalescing {
                sleeper.wake()
                sleeper = await rig.clock.next()
            }
            #expect(sleeper.duration == UplinkService.forkPause)
            guard case .forked = rig.uplink.snapshot.state else {
                Issue.record("\(rig.uplink.snapshot)")
                return
            }
            let fork = try #require(try await store.forks(of: cupStation).first)
            #expect(fork.refused.first?.signedBy == rig.uplink.snapshot.fingerprint)
        }
    }

    /// What a start writes comes while the first report is on its way.
    @Test(arguments: [Int64(5), 7, 9, 10])
    func `a restored backup that grows to the watermark while the cluster answers is forked`(last: Int64) async throws {
        let ledger = FakeLedger(entries: 10)
        try await withStore { store in
            let key = try fixedKey()
            try await store.enrolAndApprove(key: key)
            for (from, to) in [(Int64(1), Int64(4)), (5, 8), (9, 10)] {
                _ = try await store.accept(await ledger.report(from: from, to: to))
            }
            await ledger.restore(to: 4, acknowledged: 4, branch: "other")
            await ledger.append(Int(last) - 4)
            let growing = GrowingTransport(cluster: RouterTransport(store), ledger: ledger, upTo: 10)
            try await withUplink(to: growing, ledger: ledger, key: key) { rig in
                var sleeper = await rig.clock.next()
                while sleeper.duration == UplinkService.coalescing {
                    sleeper.wake()
                    sleeper = await rig.clock.next()
                }
                #expect(sleeper.duration == UplinkService.forkPause)
                #expect(await ledger.acknowledgedSequence() == 4)
                let forks = try await store.forks(of: cupStation)
                #expect(forks.count == 1)
            }
        }
    }
}
