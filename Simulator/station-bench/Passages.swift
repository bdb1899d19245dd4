import ArgumentParser
import FoundationEssentials
import Ledger
import MaterialModel
import SimulatedStation
import Station
import StationConfig
import StationPorts
import VirtualStation
import Vocabulary

/// Simulated passages per second of real time, in one process: physics, control code and classifier, with the durable
/// ledger and without.
struct Passages: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Simulated passages per second, with the ledger on disk and in memory.")

    @Option(help: "Items per round.")
    var items = 2000

    @Option(help: "Rounds of each kind, in turn.")
    var rounds = 3

    @OptionGroup var shipped: ShippedFolder
    @OptionGroup var scratch: ScratchFolder

    func run() throws {
        let setup = try shipped.setup()
        var rates: [Kind: [Double]] = [:]
        for round in 1...max(1, rounds) {
            // Interleaved, so that a machine that slows down slows both.
            for kind in Kind.allCases {
                let result = try measure(kind, setup, seed: UInt64(round))
                rates[kind, default: []].append(result.passagesPerSecond)
                print(
                    "round \(round), \(kind.rawValue): \(result.passages) passages, \(result.entries) entries, "
                        + "\(Int(result.passagesPerSecond)) passages per second")
            }
        }
        for kind in Kind.allCases {
            let sorted = rates[kind, default: []].sorted()
            print("\(kind.rawValue): median \(Int(sorted[sorted.count / 2])) passages per second")
        }
    }

    private enum Kind: String, CaseIterable {
        case memory = "ledger in memory"
        case disk = "ledger on disk (WAL, synchronous=FULL)"
    }

    private struct Result {
        var passages: Int
        var entries: Int64
        var seconds: Double
        var passagesPerSecond: Double { Double(passages) / seconds }
    }

    private func measure(_ kind: Kind, _ setup: Setup, seed: UInt64) throws -> Result {
        switch kind {
        case .memory:
            var kept: MemoryLedger?
            return try time(setup, seed, entries: { kept?.head.sequence ?? 0 }) { sink, clock in
                let ledger = MemoryLedger(
                    station: "bench", sink: sink, now: { clock.now }, wallTime: { clock.wallTime })
                kept = ledger
                return ledger
            }
        case .disk:
            return try scratch.with { folder in try measureOnDisk(folder, setup, seed: seed) }
        }
    }

    private func measureOnDisk(_ folder: String, _ setup: Setup, seed: UInt64) throws -> Result {
        var kept: LedgerWriter?
        defer { kept?.stop() }
        return try time(setup, seed, entries: { try LedgerVerifier(directory: folder).verify().entries }) {
            sink, clock in
            try WaitingLedger(station: sink) { answers in
                let ledger = try LedgerWriter(
                    directory: folder, station: "bench", sink: answers, now: { clock.now },
                    wallTime: { clock.wallTime }, logger: .silent)
                try ledger.start()
                kept = ledger
                return ledger
            }
        }
    }

    private func time(
        _ setup: Setup, _ seed: UInt64, entries: () throws -> Int64,
        makeLedger: (any EventSink, VirtualClock) throws -> any RecordPort
    ) throws -> Result {
        var generator = ItemGenerator(catalogue: setup.catalogue, seed: seed)
        let scenario = Scenario(seed: seed, items: generator.items(count: items))
        let station = try VirtualStation(
            settings: setup.intake, world: setup.world(of: scenario),
            classifier: setup.classifier, makeLedger: makeLedger)
        let clock = ContinuousClock()
        var end = SimulatedRun.End.stalled
        let elapsed = clock.measure { end = station.operate(until: Instant(nanoseconds: .max)) }
        guard end == .over else {
            throw ValidationError("the run came to no end: \(end), \(station.controller.state.mode)")
        }
        return Result(
            passages: items, entries: try entries(),
            seconds: Double(elapsed.inNanoseconds) / 1_000_000_000)
    }
}
