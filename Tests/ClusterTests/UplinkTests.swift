import ClusterAPI
import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import ClusterStore
@testable import Uplink

struct FailureRow: CustomTestStringConvertible {
    var testDescription: String
    var line: ScriptedTransport.Line
    var error: String

    static let all = [
        FailureRow(
            testDescription: "500", line: .answer(500, "oops"),
            error: "The cluster answered 500 with something that is no answer to a report"),
        FailureRow(
            testDescription: "a page of a captive portal", line: .answer(200, "<html>welcome</html>"),
            error: "The cluster answered 200 with something that is no answer to a report"),
        FailureRow(
            testDescription: "held, but with an error status",
            line: .answer(500, #"{"message":"m","status":"held","watermark":5}"#),
            error: "The cluster answered 500 with held, watermark 5: m"),
        FailureRow(
            testDescription: "held, but less than was sent",
            line: .answer(200, #"{"message":"m","status":"held","watermark":4}"#),
            error: "The cluster answered 200 with held, watermark 4: m"),
        FailureRow(
            testDescription: "a gap before the first entry",
            line: .answer(409, #"{"message":"m","status":"gap","watermark":-1}"#),
            error: "The cluster answered 409 with gap, watermark -1: m"),
        FailureRow(
            testDescription: "another key",
            line: .answer(401, #"{"message":"m","status":"badSignature","watermark":0}"#),
            error: "The cluster answered 401 with badSignature, watermark 0: m"),
        FailureRow(testDescription: "no answer in time", line: .noAnswer("timed out"), error: "timed out"),
    ]
}

@Suite struct UplinkTests {
    @Test(arguments: FailureRow.all)
    func `a failure is shown, waited out and nothing is lost`(row: FailureRow) async throws {
        let ledger = FakeLedger(entries: 5)
        try await withCluster([row.line, row.line], ledger: ledger) { store, transport, rig in
            let first = await rig.clock.next()
            #expect(rig.uplink.snapshot.state == .unreachable(lastError: row.error))
            #expect((Duration.milliseconds(500)...Duration.seconds(1)).contains(first.duration))
            #expect(await ledger.acknowledgedSequence() == 0)
            first.wake()
            let second = await rig.clock.next()
            #expect((Duration.seconds(1)...Duration.seconds(2)).contains(second.duration))
            second.wake()
            let slept = try await rig.untilUpToDate()
            #expect(slept.isEmpty)
            #expect(rig.uplink.snapshot.state == .upToDate)
            #expect(await ledger.acknowledgedSequence() == 5)
            let totals = try await store.allTotals()
            #expect(totals == (await ledger.totals(to: 5)))
        }
    }

    @Test func `a lost answer counts nothing twice`() async throws {
        let ledger = FakeLedger(entries: 5)
        try await withCluster([.lostAnswer], ledger: ledger) { store, _, rig in
            let sleeper = await rig.clock.next()
            await ledger.append(4)
            sleeper.wake()
            _ = try await rig.untilUpToDate()
            #expect(await ledger.acknowledgedSequence() == 9)
            let totals = try await store.allTotals()
            #expect(totals == (await ledger.totals(to: 9)))
        }
    }

    @Test func `a restored cluster is told again what it lost`() async throws {
        let ledger = FakeLedger(entries: 5)
        await ledger.acknowledge(upTo: 3)
        try await withCluster(ledger: ledger) { store, transport, rig in
            _ = try await rig.untilUpToDate()
            #expect(transport.requests.compactMap(\.report?.from) == [4, 1])
            let totals = try await store.allTotals()
            #expect(totals == (await ledger.totals(to: 5)))
        }
    }

    @Test func `a cluster that asks for ever other ranges is taken for a fault`() async throws {
        let gap = ScriptedTransport.Line.answer(409, #"{"message":"m","status":"gap","watermark":2}"#)
        let ledger = FakeLedger(entries: 5)
        try await withCluster(Array(repeating: gap, count: 4), ledger: ledger) { _, transport, rig in
            let sleeper = await rig.clock.next()
            #expect(transport.requests.count == 4)
            #expect(
                rig.uplink.snapshot.lastError
                    == "The cluster asked for another range 4 times in a row, last for entries after 2.")
            sleeper.wake()
            _ = try await rig.untilUpToDate()
            #expect(await ledger.acknowledgedSequence() == 5)
        }
    }

    @Test func `a ledger that ends before the cluster's watermark stops the reporting`() async throws {
        let ledger = FakeLedger(entries: 5)
        try await withCluster(ledger: ledger) { _, _, rig in
            _ = try await rig.untilUpToDate()
            await ledger.restore(to: 3, acknowledged: 2)
            await ledger.append(1)
            await rig.clock.next().wake()
            let sleeper = await rig.clock.next()
            #expect(sleeper.duration == UplinkService.forkPause)
            #expect(
                rig.uplink.snapshot.state
                    == .forked(
                        lastError: "The cluster holds this ledger up to entry 5, which it has not got: it was restored "
                            + "from an older copy."))
            #expect(await ledger.acknowledgedSequence() == 2)
        }
    }

    @Test func `a changed history stops the reporting and counts nothing`() async throws {
        let ledger = FakeLedger(branch: "other", entries: 5)
        await ledger.acknowledge(upTo: 2)
        try await withStore { store in
            let key = try fixedKey()
            try await store.enrolAndApprove(key: key)
            _ = try await store.accept(report(1, 2))
            try await withUplink(to: RouterTransport(store), ledger: ledger, key: key) { rig in
                let sleeper = await rig.clock.next()
                #expect(sleeper.duration == UplinkService.forkPause)
                #expect(
                    rig.uplink.snapshot.state
                        == .forked(
                            lastError: "Entry 2 of ledger \(ledgerA) is not the one that the cluster holds: the "
                                + "station's history was changed or restored."))
                let totals = try await store.allTotals()
                #expect(totals == [cups(2)])
                #expect(try await store.stations().first?.isForked == true)
            }
        }
    }

    @Test func `waits for approval and then drains`() async throws {
        let ledger = FakeLedger(entries: 5)
        try await withCluster(ledger: ledger, approved: false) { store, transport, rig in
            let first = await rig.clock.next()
            #expect(rig.uplink.snapshot.state == .waitingForApproval(hindrance: nil))
            let summary = try #require(try await store.stations().first)
            #expect(summary.state == .pending)
            #expect(summary.fingerprint == rig.uplink.snapshot.fingerprint)
            first.wake()
            let second = await rig.clock.next()
            #expect((Duration.seconds(1)...Duration.seconds(2)).contains(second.duration))
            try await store.approve(cupStation, fingerprint: rig.uplink.snapshot.fingerprint)
            second.wake()
            _ = try await rig.untilUpToDate()
            let totals = try await store.allTotals()
            #expect(totals == (await ledger.totals(to: 5)))
        }
    }

    @Test func `a refused key and a replaced station are told apart`() async throws {
        let ledger = FakeLedger(entries: 5)
        try await withCluster(ledger: ledger, approved: false) { store, _, rig in
            let first = await rig.clock.next()
            try await store.refuse(cupStation)
            first.wake()
            let second = await rig.clock.next()
            #expect(rig.uplink.snapshot.lastError == "An operator of the cluster has refused this key.")
            let other = try fixedKey(9)
            _ = try await store.enrol(EnrolmentRequest(station: cupStation, publicKey: other.publicKey))
            try await store.approve(cupStation, fingerprint: other.fingerprint)
            second.wake()
            _ = await rig.clock.next()
            #expect(rig.uplink.snapshot.lastError?.contains("badSignature") == true)
        }
    }

    @Test func `the cluster may ask to be left alone, within bounds`() async throws {
        let ledger = FakeLedger(entries: 1)
        let script: [ScriptedTransport.Line] = [
            .answer(503, "", retryAfterSeconds: 77), .answer(503, "", retryAfterSeconds: .max),
            .answer(503, "", retryAfterSeconds: -5),
        ]
        try await withCluster(script, ledger: ledger) { _, _, rig in
            let slept = try await rig.untilUpToDate()
            #expect(slept.prefix(2) == [.seconds(77), .seconds(UplinkService.retryAfterLimitSeconds)])
            #expect((Duration.seconds(2)...Duration.seconds(4)).contains(try #require(slept.last)))
        }
    }

    @Test func `new entries are reported after a moment, many at once`() async throws {
        let ledger = FakeLedger(entries: 1)
        try await withCluster(ledger: ledger) { store, transport, rig in
            _ = try await rig.untilUpToDate()
            await ledger.append(3)
            let coalescing = await rig.clock.next()
            #expect(coalescing.duration == UplinkService.coalescing)
            await ledger.append(4)
            coalescing.wake()
            // The second pulse finds nothing new, or is the same as the first.
            _ = try await rig.untilUpToDate()
            #expect(transport.requests.compactMap(\.report?.to) == [1, 8])
        }
    }

    @Test func `the ledger is looked at after the period, pulse or not`() async throws {
        let ledger = FakeLedger()
        let clock = ManualSleep()
        try await withStore { store in
            let key = try fixedKey()
            try await store.enrolAndApprove(key: key)
            let silent = SilentSource(ledger: ledger)
            let uplink = UplinkService(
                station: cupStation, source: silent, transport: RouterTransport(store),
                keys: StationKeyring(fixed: key), period: rigPeriod, now: { clock.now }, logger: silentLogger,
                sleep: { try await clock.sleep($0) })
            let running = Task { try await uplink.run() }
            let period = await clock.next()
            await ledger.append(2)
            period.wake()
            #expect(await clock.next().duration == rigPeriod)
            #expect(try await store.stations().first?.watermark == 2)
            running.cancel()
            try await running.value
        }
    }

    @Test func `the signed bytes are frozen`() async throws {
        let ledger = FakeLedger(entries: 1)
        try await withCluster(ledger: ledger) { _, transport, rig in
            _ = try await rig.untilUpToDate()
            let sent = try #require(transport.requests.first)
            #expect(sent.path == "/v1/stations/rs-1/reports")
            let key = try fixedKey()
            #expect(
                ReportSignature.isValid(header: sent.signature ?? "", body: sent.body, publicKey: key.publicKey))
        }
        let body = try CanonicalJSON.encode(report(1, 2))
        #expect(
            String(decoding: body, as: UTF8.self) == """
                {"from":1,"head":"771454e039d5fdcde3f5baa3add99c8bca9c2af0d3c00a8b50ffff03dda06ae4","ledger":"0123456789abcdef0123456789abcdef","previousHead":\
                "0000000000000000000000000000000000000000000000000000000000000000","station":"rs-1","to":2,"totals":\
                [{"key":{"material":"pp","outcome":"committed","packagingType":"cup-300","stream":"reuse",\
                "unixHour":490000},"massMilligrams":70000,"units":2}],"version":1}
                """)
        #expect(
            try fixedKey().signatureHeader(for: body)
                == "ed25519=GmKAm8TuqMueir3BlnfPkUFPi7PXV8LdEAQ287gXOWuaUqAZMPC3McjQsGy8rQRkPDOEELNlOUF4UqcTMcn5Aw==")
        #expect(
            try fixedKey().fingerprint
                == "65b6 0673 d6ed 884b f01c 2c22 2d82 ada0 740f 29ac 3355 d6a9 25c8 1f17 f47a 27b8")
    }
}

/// A ledger that never says that there is something new.
struct SilentSource: ReportSource {
    let ledger: FakeLedger

    func acknowledgedSequence() async throws -> Int64 { await ledger.acknowledgedSequence() }
    func holdsEntry(_ sequence: Int64) async throws -> Bool { await ledger.holdsEntry(sequence) }
    func acknowledge(upTo sequence: Int64) async throws { await ledger.acknowledge(upTo: sequence) }
    func cutReport(after sequence: Int64, entryLimit: Int) async throws -> CutReport? {
        try await ledger.cutReport(after: sequence, entryLimit: entryLimit)
    }
    func newEntries() -> AsyncStream<Void> { AsyncStream { $0.finish() } }
}
