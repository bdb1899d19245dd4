import Crypto
import Ledger
import SimulatedDisk
import SimulatedStation
import Station
import Uplink
import Vocabulary

/// One seed: a station with its people, its disk, its network and its cluster, in virtual time on one thread. The real
/// core, control code, ledger, uplink and store run; only what they stand on is simulated.
public final class Exploration: @unchecked Sendable {
    // Unchecked: one thread runs an exploration; the closures that have to be sendable are called on it.
    static let station: StationID = "S-1"
    /// Less free space than this is reported as low.
    static let reserveBytes: Int64 = 1 << 20
    /// How often the writer looks at the disk when nothing waits.
    static let diskLookPeriod: Duration = .seconds(5)
    /// Raw readings are kept for so long, and in every other seed no longer than the file has this size: a run is over
    /// before the usual limits are reached.
    static let retentionAge: Duration = .seconds(600)
    static let retentionBytes: Int64 = 256_000
    static let retentionPortionEntries: Int64 = 16
    /// When everything has ended physically, so long for the last passage to be recorded.
    static let settling: Duration = .seconds(2)
    /// Without a new item for so long, the station stands still for good.
    static let progressLimit: Duration = .seconds(3600)
    /// A station that stands still goes on within this time after the reason is over: what failed is tried again every
    /// few seconds, a stop drains for half a minute, and somebody comes to a full bin.
    static let standingLimit: Duration = .seconds(120)
    /// The controller has taken every answer of the ledger's writer by then.
    static let answerLimit: Duration = .seconds(1)
    /// Of an empty disk.
    static let diskBytes: Int64 = 1 << 30
    /// From the last item's end until the cluster holds everything and hours are where they belong.
    static let drainingLimit: Duration = .seconds(4 * 3600)
    /// Reads of the ledger that the explorer itself tries; a disk fault makes four operations fail at most.
    static let readsLimit = 8

    let settings: ExplorationSettings
    let materials: ExplorationMaterials
    let key: StationKey
    let world: SharedWorld
    let clocks: SimulatedClocks
    let power = Power()
    let disk = SimulatedDisk()
    let cluster = SimulatedCluster()
    var network: SimulatedNetwork
    var agenda = Agenda()
    var trace = Trace()
    var account = LedgerAccount()
    var incarnation: Incarnation?
    var incarnations = 0
    /// Starts of the machine; a process that dies leaves it running.
    var boots = 0
    var bootIsNew = true
    /// How often the clock has lost the time service.
    var trustLosses = 0
    var random: SeededRandom
    var uplinkRandom: SeededRandom
    var clockRandom: SeededRandom
    var result: ExplorationResult
    /// While false, nothing new goes wrong.
    var faultsStrike = true
    /// What undoes the faults that are under way, by a number of their own.
    var cures: [Int: (Exploration) -> Void] = [:]
    var lastCure = 0
    /// How long the disk takes, as a multiple of the usual.
    var diskSlowness = 1
    var requests = 0
    /// What the station is known to have remembered durably of the cluster's watermark.
    var acknowledged: Int64 = 0
    var attendantIsComing = false
    var lastProgress = Instant.zero
    /// Since when this start of the station has been standing still for no reason that is left; nil: it does not.
    var standsSince: Instant?
    /// Since when an acceptance has had no outcome although the station waits for the next item.
    var forgottenSince: Instant?
    var overSince: Instant?
    var drainedSince: Instant?
    var clusterHasDrained = false
    /// Sensors and flaps that lie now, and the items that were on their way meanwhile: no station can know better.
    var lies = 0
    var deceived: Set<Int> = []
    /// What planted bugs remember.
    var lastMass: Measured<Mass>?
    /// The last passage that was measured in this boot.
    var measuring: MeasuredPassage?

    public init(_ settings: ExplorationSettings, _ materials: ExplorationMaterials) {
        self.settings = settings
        self.materials = materials
        result = ExplorationResult(seed: settings.seed)
        random = SeededRandom(seed: settings.seed, stream: 2001)
        uplinkRandom = SeededRandom(seed: settings.seed, stream: 2002)
        clockRandom = SeededRandom(seed: settings.seed, stream: 2004)
        network = SimulatedNetwork(seed: settings.seed)
        var generator = ItemGenerator(catalogue: materials.catalogue, seed: settings.seed)
        let scenario = Scenario(
            seed: settings.seed, items: generator.items(count: settings.items), attendantComesAfter: .seconds(10))
        var worldSettings = scenario.worldSettings(bins: materials.intake.bins, spectra: materials.spectra)
        // What the daemon's driver would have written to the drive.
        worldSettings.driveFrequencyCentihertz = 4000
        world = SharedWorld(StationWorld(settings: worldSettings))
        clocks = SimulatedClocks(VirtualClock())
        key = Self.key(seed: settings.seed)
        disk.capacityBytes = Self.diskBytes
        cluster.disk.capacityBytes = Self.diskBytes
    }

    private static func key(seed: UInt64) -> StationKey {
        var random = SeededRandom(seed: seed, stream: 2003)
        let bytes = (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes) else {
            fatalError("Any 32 bytes are an Ed25519 key.")
        }
        return StationKey(privateKey: key)
    }

    var now: Instant { clocks.virtual.now }

    var retention: RetentionSettings {
        var retention = RetentionSettings()
        retention.age = Self.retentionAge
        if settings.seed.isMultiple(of: 2) { retention.sizeBytes = Self.retentionBytes }
        retention.withoutCluster = true
        return retention
    }

    func schedule(after delay: Duration, _ action: @escaping (Exploration) -> Void) {
        agenda.enter(now.advanced(by: delay), action)
    }

    /// Counts a fault and writes it into the trace.
    func strike(_ name: String) {
        result.faults[name, default: 0] += 1
        trace.add(name)
        tell("FAULT \(name)")
    }

    /// Undoes something after a while, or when all faults cease.
    func cure(after delay: Duration, _ action: @escaping (Exploration) -> Void) {
        lastCure += 1
        let number = lastCure
        cures[number] = action
        schedule(after: delay) { $0.cures.removeValue(forKey: number)?($0) }
    }

    /// Keeps the last few things that happened, if the settings ask for it.
    func tell(_ sentence: @autoclosure () -> String) {
        guard settings.keepsJournal else { return }
        if result.journal.count == ExplorationResult.journalLimit { result.journal.removeFirst() }
        result.journal.append("\(now): \(sentence())")
    }

    func violate(_ invariant: Invariant, _ message: @autoclosure () -> String) {
        guard result.violation == nil else { return }
        result.violation = Violation(
            invariant: invariant, message: message(), step: result.steps, passages: result.passages)
    }

    // MARK: Running

    /// Runs to the end, to the first violation, or to the settings' limit of steps.
    public func run() -> ExplorationResult {
        if settings.planted == .stationSyncsAreLies { disk.lieAboutSyncs() }
        if settings.planted == .clusterSyncsAreLies { cluster.disk.lieAboutSyncs() }
        startCluster()
        if clockRandom.next() % 2 == 0 { loseTrust(for: clockRandom.duration(in: .seconds(30)...(.seconds(600)))) }
        startStation()
        scheduleFaults()
        while result.violation == nil, !isOver {
            if let limit = settings.stepLimit, result.steps >= limit { break }
            step()
        }
        if result.violation == nil, isOver { checkEnd() }
        incarnation?.end()
        result.entries = account.count
        result.deceived = deceived.count
        result.traceDigest = trace.digest
        return result
    }

    private var isOver: Bool { clusterHasDrained }

    private func step() {
        result.steps += 1
        let stationNext =
            incarnation.map { $0.simulation.nextTime($0.driver) } ?? world.with { $0.nextEventTime }
        guard let next = stationNext.map({ min($0, agenda.next ?? $0) }) ?? agenda.next else {
            violate(.progress, "nothing will ever happen again, at \(now)")
            return
        }
        clocks.virtual.move(to: next)
        trace.add(next.nanoseconds)
        if let incarnation {
            incarnation.simulation.step(incarnation.driver)
        } else {
            for event in world.with({ $0.advance(to: next) }) { note(event) }
        }
        endIfPowerIsGone()
        while let action = agenda.take(at: now) {
            action(self)
            endIfPowerIsGone()
        }
        checkStep()
        watchTheEnd()
    }

    /// What happens in the world, seen by nobody of the station.
    func note(_ event: WorldEvent) {
        switch event.kind {
        case .itemSent(let index):
            result.passages += 1
            if lies > 0 { deceived.insert(index) }
            lastProgress = event.at
        case .itemEnded: lastProgress = event.at
        case .inputChanged, .itemReleased, .itemJammed, .itemLeftBelt, .binLevelChanged, .faultCame,
            .attendantOpenedDoor, .attendantClosedDoor:
            break
        }
    }

    /// When the last item has ended the faults cease; when the cluster then holds everything, the run is over.
    private func watchTheEnd() {
        guard drainedSince == nil else {
            watchDraining()
            return
        }
        guard world.with({ $0.isOver }) else {
            overSince = nil
            if now > lastProgress.advanced(by: Self.progressLimit) {
                violate(
                    .progress,
                    "no item came or went for \(Self.progressLimit), until \(now); the station is \(stationState)")
            }
            return
        }
        if overSince == nil {
            overSince = now
            ceaseFaults()
            schedule(after: Self.settling) { _ in }
        }
        if let overSince, now >= overSince.advanced(by: Self.settling), incarnation != nil { drainedSince = now }
    }

    private func watchDraining() {
        guard let incarnation, let drainedSince else { return }
        if incarnation.waitsForNews, acknowledged == account.count, account.pending.isEmpty, account.open.isEmpty,
            clocks.isTrusted, (try? incarnation.reader.untimedEntriesNow()) == 0
        {
            clusterHasDrained = true
        } else if now > drainedSince.advanced(by: Self.drainingLimit) {
            violate(
                .progress,
                "the cluster holds entry \(acknowledged) of \(account.count) \(Self.drainingLimit) after the last "
                    + "item, or hours wait for their correction; the uplink is \(incarnation.uplink.state), the "
                    + "station \(stationState)")
        }
    }

    var stationState: String {
        guard let controller = incarnation?.controller else { return "without power" }
        return "\(controller.state.mode), \(controller.state.passage.name.rawValue)"
    }

    func ceaseFaults() {
        faultsStrike = false
        for number in cures.keys.sorted() { cures.removeValue(forKey: number)?(self) }
        network.weather = .clear
        disk.goOff(after: nil)
        cluster.disk.goOff(after: nil)
        disk.fail([], times: 0)
        cluster.disk.fail([], times: 0)
        power.effectsLeft = nil
    }
}
