import Ledger
import Logging
import SimulatedStation
import Station
import StationPorts
import StationRuntime
import Uplink
import Vocabulary

/// The station's daemon from one start to its end: everything that a power cut takes.
final class Incarnation {
    let number: Int
    let simulation: SimulatedRun
    let controller: Controller
    let ledger: ExploredLedger
    let writer: LedgerWriter
    let outbox: LedgerOutbox
    let driver: SimulatedRun.Driver
    var uplink: UplinkMachine
    /// The request that the uplink waits for an answer to.
    var request: Int?
    var waitsForNews = false
    var hasLedgerTurn = false

    var reader: LedgerReader { writer.reader }

    private static let silent = Logger(label: "explored", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Throws what the ledger throws when it cannot be opened.
    init(number: Int, of exploration: Exploration) throws(LedgerError) {
        self.number = number
        simulation = SimulatedRun(
            world: exploration.world, bins: exploration.materials.intake.bins, devices: ReferenceStation.devices,
            clock: exploration.clocks.virtual)
        ledger = ExploredLedger(exploration, simulation.mailbox)
        let storage = DiskStorage(disk: exploration.disk)
        var options = LedgerOptions()
        options.bootID = Identifiers.boot(exploration.boots, seed: exploration.settings.seed)
        // Few at a time, so that power and processes end in the middle of it.
        options.hoursPerCorrection = 3
        // Less than a run's ledger has, so that starts find their place in the middle of it. All of it is verified at
        // the end.
        options.tailCheckEntries = 64
        options.ledgerID = Identifiers.ledger(seed: exploration.settings.seed)
        options.reserveBytes = Exploration.reserveBytes
        options.freeBytes = { [disk = exploration.disk] _ in disk.isOff ? nil : disk.freeBytes }
        options.storage = storage
        options.retention = exploration.retention
        options.hasCluster = exploration.settings.planted != .unacknowledgedIsPruned
        options.retentionPeriod = Exploration.diskLookPeriod
        options.retentionPortionEntries = Exploration.retentionPortionEntries
        writer = try LedgerWriter(
            directory: exploration.disk.folder, station: Exploration.station, options: options, sink: ledger,
            now: { [clocks = exploration.clocks] in clocks.monotonic },
            wallTime: { [clocks = exploration.clocks] in clocks.wallTime }, logger: Self.silent)
        ledger.writer = writer
        outbox = LedgerOutbox(writer: writer, reader: writer.reader)
        controller = Controller(
            settings: exploration.materials.intake, leftover: writer.mayHaveLeftItem ? .possible : .none,
            lines: ExploredLines(simulation.lines, exploration),
            devices: ExploredMeasuring(simulation.measuring, exploration), ledger: ledger,
            classifier: ExploredClassifier(exploration.materials.classifier, exploration),
            clock: exploration.clocks.virtual, board: SnapshotBoard(), logger: Self.silent)
        driver = SimulatedRun.Driver(
            deliver: { [controller, unowned exploration] event, now in
                guard let event = exploration.planted(on: event) else { return }
                exploration.tell("event \(event)")
                controller.deliver(event, at: now)
            },
            nextDeadline: { [controller, unowned exploration] in exploration.planted(on: controller.nextDeadline) })
        uplink = UplinkMachine(station: Exploration.station)
    }
}

extension Incarnation {
    /// The writer and its sink hold each other.
    func end() { ledger.writer = nil }
}

/// Names that the machine and the ledger would draw by chance.
enum Identifiers {
    static func boot(_ number: Int, seed: UInt64) -> String { text(seed, stream: 1000 + UInt64(number)) }
    static func ledger(seed: UInt64) -> String { text(seed, stream: 999) }

    /// 32 hexadecimal digits.
    private static func text(_ seed: UInt64, stream: UInt64) -> String {
        var random = SeededRandom(seed: seed, stream: stream)
        return (0..<2).map { _ in
            let digits = String(random.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
