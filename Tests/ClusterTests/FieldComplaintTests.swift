import ClusterAPI
import TestSupport
import Testing
import Vocabulary

@testable import ClusterStore
@testable import Uplink

/// What users of comparable systems complain of, where the uplink is the remedy. The names in brackets are the threads of
/// docs/field-complaints.md.
@Suite(.timeLimit(.minutes(hangLimitMinutes))) struct FieldComplaintTests {
    @Test func `the first success drains the whole backlog without a timer (app-functions-sdk-go 1526)`() async throws {
        let ledger = FakeLedger(entries: UplinkService.entryLimit * 2 + 5)
        try await withCluster([.noAnswer("down")], ledger: ledger) { store, transport, rig in
            await rig.clock.next().wake()
            let slept = try await rig.untilUpToDate()
            #expect(slept.isEmpty, "no wait between the reports of a backlog")
            #expect(transport.requests.count == 4)
            #expect(try await store.stations().first?.watermark == 20_005)
            let totals = try await store.allTotals()
            #expect(totals == (await ledger.totals(to: 20_005)))
        }
    }

    @Test func `ten days without the cluster lose nothing and need no restart (thingsboard-gateway 2132, 829)`()
        async throws
    {
        let ledger = FakeLedger(entries: 100)
        let key = try fixedKey()
        try await withStore { store in
            try await store.enrolAndApprove(key: key)
            let outage = Outage(cluster: RouterTransport(store))
            try await withUplink(to: outage, ledger: ledger, key: key) { rig in
                while rig.clock.now < Instant.zero + .seconds(10 * 86_400) {
                    let sleeper = await rig.clock.next()
                    #expect(sleeper.duration <= UplinkService.backoffCap)
                    sleeper.wake()
                }
                await ledger.append(900)
                outage.end()
                let slept = try await rig.untilUpToDate()
                #expect(slept.count <= 1, "the pause that the outage's last failure began, and no other")
                let totals = try await store.allTotals()
                #expect(totals == (await ledger.totals(to: 1000)))
            }
        }
    }

    @Test func `a report sent again after a reboot has the same bytes and is counted once (libocpp 907)`() async throws
    {
        let ledger = FakeLedger(entries: 7)
        let key = try fixedKey()
        try await withStore { store in
            try await store.enrolAndApprove(key: key)
            let transport = ScriptedTransport([.lostAnswer], cluster: RouterTransport(store))
            // The power fails after the cluster has taken the report and before its answer is here.
            try await withUplink(to: transport, ledger: ledger, key: key) { rig in _ = await rig.clock.next() }
            #expect(await ledger.acknowledgedSequence() == 0)
            try await withUplink(to: transport, ledger: ledger, key: key) { rig in _ = try await rig.untilUpToDate() }
            let requests = transport.requests
            #expect(requests.count == 2 && requests.first == requests.last)
            let totals = try await store.allTotals()
            #expect(totals == (await ledger.totals(to: 7)))
            #expect(await ledger.acknowledgedSequence() == 7)
        }
    }

    @Test func `a cluster that comes and goes does not flood the log (EVerest 523)`() async throws {
        let ledger = FakeLedger(entries: 1)
        let recorder = LogRecorder()
        let key = try fixedKey()
        let rounds = 500
        try await withStore { store in
            try await store.enrolAndApprove(key: key)
            let transport = FlappingTransport(cluster: RouterTransport(store))
            try await withUplink(to: transport, ledger: ledger, key: key, logger: recorder.logger) { rig in
                for _ in 0..<rounds {
                    _ = try await rig.untilUpToDate()
                    await ledger.append(1)
                }
                let hours = Int(rig.clock.now.nanoseconds / RepeatLimit.window.inNanoseconds) + 1
                #expect(recorder.lines.count <= hours * 11)
            }
        }
        #expect(recorder.lines.count >= 10)
        #expect(recorder.lines.contains { $0.contains("Further lines about the cluster are left out") })
    }
}
