import ClusterAPI
import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import ClusterStore
@testable import Uplink

/// A station with its key on a disk and its uplink's machine, stepped until it has nothing to do or it dies.
private final class SteppedStation {
    enum Death: Hashable {
        /// Before the step was carried out.
        case before
        /// After it was carried out, before the machine heard of it.
        case after
    }

    let path: String
    let transport: RouterTransport
    let ledger: FakeLedger
    private(set) var steps: [String] = []

    init(path: String, transport: RouterTransport, ledger: FakeLedger) {
        self.path = path
        self.transport = transport
        self.ledger = ledger
    }

    /// A start of the daemon. Gives whether it came to a rest with nothing left to report.
    func live(dyingAt step: Int? = nil, _ death: Death = .before) async throws -> Bool {
        let service = UplinkService(
            station: cupStation, source: ledger, transport: transport, keys: try StationKeyring(path: path),
            period: rigPeriod, now: { .zero }, logger: silentLogger, sleep: { _ in })
        var generator = SeededGenerator(state: 5)
        var machine = UplinkMachine(station: cupStation)
        var event = UplinkMachine.Event.wokeUp
        steps = []
        while true {
            let next = machine.handle(event, using: &generator)
            switch next {
            case .waitForNews: return true
            case .wait: return false
            case .readKeys, .sendKeyExchange, .adoptNextKey, .readAcknowledgedSequence, .cutReport, .lookForEntry,
                .acknowledge, .sendReport, .sendEnrolment:
                break
            }
            steps.append("\(next)".prefix { $0 != "(" }.description)
            if steps.count - 1 == step, death == .before { return false }
            event = try await service.perform(next, Pulse())
            if steps.count - 1 == step { return false }
        }
    }
}

@Suite struct KeyRotationTests {
    /// An approved station that has reported one entry and was told to exchange its key.
    private func withRotation(
        _ body: (SteppedStation, ClusterStore, _ path: String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/station.key"
            let store = try ClusterStore(directory: folder)
            let keys = try StationKeyring(path: path)
            try await store.enrolAndApprove(key: keys.current)
            let station = SteppedStation(
                path: path, transport: RouterTransport(store), ledger: FakeLedger(entries: 3))
            try keys.prepareNext()
            try await body(station, store, path)
        }
    }

    /// Station and cluster have one key, it is the new one, nothing is left over, and everything is counted.
    private func checkEnd(
        _ station: SteppedStation, _ store: ClusterStore, _ path: String, next: StationKey, _ name: String
    ) async throws {
        #expect(try await store.enrolment(of: cupStation)?.publicKey == next.publicKey, "\(name)")
        #expect(try StationKey.load(path: path)?.publicKey == next.publicKey, "\(name)")
        #expect(try StationKey.load(path: StationKeyring.nextPath(path)) == nil, "\(name)")
        let totals = try await store.allTotals()
        #expect(totals == (await station.ledger.totals(to: 3)), "\(name)")
        #expect(try await store.dump().count { $0.hasPrefix("former_keys ") } == 1, "\(name)")
    }

    @Test func `a crash at any step ends with station and cluster on the same new key`() async throws {
        var all: [String] = []
        try await withRotation { station, store, path in
            let next = try #require(try StationKey.load(path: StationKeyring.nextPath(path)))
            #expect(try await station.live())
            try await checkEnd(station, store, path, next: next, "no crash")
            all = station.steps
        }
        #expect(
            all == [
                "readKeys", "sendKeyExchange", "adoptNextKey", "readAcknowledgedSequence", "cutReport", "sendReport",
                "acknowledge", "cutReport",
            ])
        for step in all.indices {
            for death in [SteppedStation.Death.before, .after] {
                try await withRotation { station, store, path in
                    let next = try #require(try StationKey.load(path: StationKeyring.nextPath(path)))
                    let survived = try await station.live(dyingAt: step, death)
                    #expect(!survived)
                    #expect(try await station.live(), "\(all[step]) \(death)")
                    try await checkEnd(station, store, path, next: next, "\(all[step]) \(death)")
                }
            }
        }
    }

    @Test func `a disk that forgot the renaming in a power cut renames again`() async throws {
        try await withRotation { station, store, path in
            let nextPath = StationKeyring.nextPath(path)
            let (old, next) = (try Data(contentsOf: URL(filePath: path)), try Data(contentsOf: URL(filePath: nextPath)))
            #expect(try await station.live())
            let private600: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
            #expect(FileManager.default.createFile(atPath: path, contents: old, attributes: private600))
            #expect(FileManager.default.createFile(atPath: nextPath, contents: next, attributes: private600))
            let key = try #require(try StationKey.load(path: nextPath))
            #expect(try await station.live())
            try await checkEnd(station, store, path, next: key, "renamed again")
        }
    }

    @Test func `lost requests and answers are asked for again until both have the new key`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/station.key"
            let store = try ClusterStore(directory: folder)
            let keys = try StationKeyring(path: path)
            try await store.enrolAndApprove(key: keys.current)
            let old = keys.current
            let ledger = FakeLedger(entries: 3)
            let transport = ScriptedTransport(
                [.noAnswer("lost"), .lostAnswer, .lostAnswer, .answer(503, "", retryAfterSeconds: 30)],
                cluster: RouterTransport(store))
            try keys.prepareNext()
            let next = try #require(keys.next)
            try await withUplink(to: transport, ledger: ledger, keys: keys) { rig in
                let slept = try await rig.untilUpToDate()
                #expect(slept.count == 4 && slept.last == .seconds(30))
                #expect(rig.uplink.snapshot.fingerprint == next.fingerprint)
                #expect(rig.uplink.snapshot.nextFingerprint == nil)
            }
            let requests = transport.requests
            #expect(requests.prefix(5).allSatisfy { $0.path == "/v1/stations/rs-1/key" })
            for request in requests.prefix(5) {
                #expect(
                    ReportSignature.isValid(
                        header: request.signature ?? "", body: request.body, publicKey: old.publicKey))
            }
            #expect(try await store.enrolment(of: cupStation)?.publicKey == next.publicKey)
            #expect(try StationKey.load(path: path)?.publicKey == next.publicKey)
        }
    }

    @Test(arguments: [404, 400, 401, 403, 500])
    func `a cluster that does not exchange keys gets its reports all the same`(status: Int) async throws {
        try await withTemporaryFolder { folder in
            let store = try ClusterStore(directory: folder)
            let keys = try StationKeyring(path: folder + "/station.key")
            try await store.enrolAndApprove(key: keys.current)
            let ledger = FakeLedger(entries: 3)
            let transport = ScriptedTransport([.answer(status, "no")], cluster: RouterTransport(store))
            try keys.prepareNext()
            try await withUplink(to: transport, ledger: ledger, keys: keys) { rig in
                _ = try await rig.untilUpToDate()
                #expect(await ledger.acknowledgedSequence() == 3)
                let snapshot = rig.uplink.snapshot
                #expect(snapshot.state == .upToDate)
                #expect(snapshot.nextFingerprint != nil)
                #expect(snapshot.exchangeHindrance == "The cluster answered \(status) to the exchange of keys.")
                // The next attempt asks again, and this cluster can.
                await ledger.append(1)
                await rig.clock.next().wake()
                _ = try await rig.untilUpToDate()
                #expect(rig.uplink.snapshot.nextFingerprint == nil)
            }
        }
    }

    @Test func `a station that waits for approval exchanges its key when it has it`() async throws {
        try await withTemporaryFolder { folder in
            let store = try ClusterStore(directory: folder)
            let keys = try StationKeyring(path: folder + "/station.key")
            let first = keys.current
            try keys.prepareNext()
            let ledger = FakeLedger(entries: 3)
            try await withUplink(to: RouterTransport(store), ledger: ledger, keys: keys) { rig in
                let sleeper = await rig.clock.next()
                #expect(rig.uplink.snapshot.state == .waitingForApproval(hindrance: nil))
                #expect(try await store.stations().first?.fingerprint == first.fingerprint)
                try await store.approve(cupStation, fingerprint: first.fingerprint)
                sleeper.wake()
                _ = try await rig.untilUpToDate()
                #expect(rig.uplink.snapshot.nextFingerprint == nil)
                #expect(try await store.stations().first?.formerFingerprint == first.fingerprint)
            }
        }
    }

    @Test func `a running uplink that has nothing to report exchanges at once`() async throws {
        try await withTemporaryFolder { folder in
            let store = try ClusterStore(directory: folder)
            let keys = try StationKeyring(path: folder + "/station.key")
            try await store.enrolAndApprove(key: keys.current)
            let ledger = FakeLedger(entries: 1)
            try await withUplink(to: RouterTransport(store), ledger: ledger, keys: keys) { rig in
                _ = try await rig.untilUpToDate()
                try await rig.uplink.exchangeKey()
                let coalescing = await rig.clock.next()
                #expect(coalescing.duration == UplinkService.coalescing)
                coalescing.wake()
                _ = await rig.clock.next()
                #expect(rig.uplink.snapshot.nextFingerprint == nil)
                #expect(try await store.stations().first?.fingerprint == rig.uplink.snapshot.fingerprint)
                #expect(try await store.stations().first?.formerFingerprint != nil)
            }
        }
    }
}

@Suite struct StationKeyringTests {
    @Test func `the next key is private, on the disk, and the same until it is adopted`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/station.key"
            let keys = try StationKeyring(path: path)
            let current = keys.current
            let next = try keys.prepareNext()
            #expect(try keys.prepareNext().publicKey == next.publicKey)
            #expect(next.publicKey != current.publicKey)
            let attributes = try FileManager.default.attributesOfItem(atPath: path + ".next")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                    == ["station.key", "station.key.next"])
            let again = try StationKeyring(path: path)
            #expect(again.current.publicKey == current.publicKey && again.next?.publicKey == next.publicKey)
            try again.adoptNext()
            #expect(again.current.publicKey == next.publicKey && again.next == nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["station.key"])
            try again.adoptNext()
            #expect(try StationKey.load(path: path)?.publicKey == next.publicKey)
        }
    }

    @Test func `an adoption that came as far as the renaming is finished, any other loss is told`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/station.key"
            let keys = try StationKeyring(path: path)
            try keys.prepareNext()
            let next = try Data(contentsOf: URL(filePath: path + ".next"))
            try FileManager.default.removeItem(atPath: path + ".next")
            let error = #expect(throws: StationKeyError.self) { try keys.adoptNext() }
            #expect(error?.message.contains("station.key.next could not be put in place of the former") == true)
            #expect(keys.next != nil)
            #expect(
                FileManager.default.createFile(
                    atPath: path, contents: next, attributes: [.posixPermissions: 0o600]))
            try keys.adoptNext()
            #expect(keys.next == nil)
        }
    }

    @Test func `a key that was handed over is not exchanged here`() throws {
        let keys = StationKeyring(fixed: try fixedKey())
        let error = #expect(throws: StationKeyError.self) { try keys.prepareNext() }
        #expect(error?.message.contains("handed to the daemon as a credential") == true)
    }

    @Test func `a next key that others may read stops the start with its name`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/station.key"
            try StationKeyring(path: path).prepareNext()
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path + ".next")
            let error = #expect(throws: StationKeyError.self) { try StationKeyring(path: path) }
            #expect(error?.message.contains("station.key.next may be used by others (mode 644)") == true)
        }
    }
}
