import ClusterAPI
import Logging
import TestSupport
import Testing
import Vocabulary

@testable import ClusterStore
@testable import Uplink

/// A period that no backoff can be mistaken for: the uplink sleeps it when nothing is left to report.
let rigPeriod = Duration.seconds(54_321)

/// A running uplink with a hand on its clock.
struct UplinkRig: Sendable {
    let ledger: FakeLedger
    let uplink: UplinkService
    let clock: ManualSleep

    /// Wakes the uplink whatever it waits for, until it has nothing left to report. Gives what it slept meanwhile.
    func untilUpToDate(attempts: Int = 300) async throws -> [Duration] {
        var slept: [Duration] = []
        for _ in 0..<attempts {
            let sleeper = await clock.next()
            if sleeper.duration == rigPeriod {
                // A pulse may have ended this wait already: then the next attempt is on its way.
                if await ledger.acknowledgedSequence() == ledger.lastSequence { return slept }
                continue
            }
            slept.append(sleeper.duration)
            sleeper.wake()
        }
        Issue.record("not up to date after \(attempts) attempts: \(uplink.snapshot)")
        return slept
    }
}

func withUplink<Value>(
    to transport: any ClusterTransport, ledger: FakeLedger, key: StationKey, logger: Logger = silentLogger,
    _ body: (UplinkRig) async throws -> Value
) async throws -> Value {
    try await withUplink(to: transport, ledger: ledger, keys: StationKeyring(fixed: key), logger: logger, body)
}

func withUplink<Value>(
    to transport: any ClusterTransport, ledger: FakeLedger, keys: StationKeyring, logger: Logger = silentLogger,
    _ body: (UplinkRig) async throws -> Value
) async throws -> Value {
    let clock = ManualSleep()
    let uplink = UplinkService(
        station: ledger.station, source: ledger, transport: transport, keys: keys, period: rigPeriod,
        now: { clock.now }, logger: logger, sleep: { try await clock.sleep($0) })
    let running = Task { try await uplink.run() }
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(UplinkRig(ledger: ledger, uplink: uplink, clock: clock)))
    } catch {
        result = .failure(error)
    }
    running.cancel()
    try await running.value
    return try result.get()
}

/// A store that knows the station's key, its routes, and a script in front of them.
func withCluster<Value>(
    _ script: [ScriptedTransport.Line] = [], ledger: FakeLedger, approved: Bool = true,
    _ body: (ClusterStore, ScriptedTransport, UplinkRig) async throws -> Value
) async throws -> Value {
    try await withStore { store in
        let key = try fixedKey()
        if approved { try await store.enrolAndApprove(key: key) }
        let transport = ScriptedTransport(script, cluster: RouterTransport(store))
        return try await withUplink(to: transport, ledger: ledger, key: key) { rig in
            try await body(store, transport, rig)
        }
    }
}
