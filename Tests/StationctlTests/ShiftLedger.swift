import FoundationEssentials
import Ledger
import Logging
import ShippedFiles
import SimulatedStation
import StationPorts
import TestSupport
import Vocabulary
import VirtualStation

@testable import stationctl

/// The ledger of a simulated shift: the real control code and the real classifier over the shipped files, with the
/// ledger's own file.
struct ShiftLedger {
    let folder: TemporaryFolder

    var directory: String { folder.path }
    static let configuration = Shipped.root.appending(path: "config/rs-1-sim.yaml").path
    static let catalogue = Shipped.root.appending(path: "config/catalogue.yaml").path
    static let model = Shipped.root.appending(path: "config/models/spectrometer.json").path

    init(_ scenario: Scenario, settings: IntakeSettings = Shipped.intake) throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        var writer: LedgerWriter?
        let station = try VirtualStation(
            settings: settings, world: scenario.worldSettings(spectra: Shipped.spectra), classifier: Shipped.classifier
        ) { sink, clock in
            try WaitingLedger(station: sink) { answers in
                let ledger = try LedgerWriter(
                    directory: folder.path, station: "virtual", sink: answers, now: { clock.now },
                    wallTime: {
                        WallTime(
                            unixMilliseconds: 1_790_000_000_000 + clock.now.nanoseconds / 1_000_000, isTrusted: true)
                    }, logger: silentLogger)
                try ledger.start()
                writer = ledger
                return ledger
            }
        }
        _ = station.operate(until: Instant(nanoseconds: 24 * 3600 * 1_000_000_000))
        writer?.stop()
    }

    /// What people bring by chance, among them the foreign, the dirty and the fraudulent.
    static func ordinary(seed: UInt64, items: Int) throws -> ShiftLedger {
        var generator = ItemGenerator(catalogue: Shipped.catalogue, seed: seed)
        return try ShiftLedger(Scenario(seed: seed, items: generator.items(count: items)))
    }

    func replayed(by rules: Rules, changesLimit: Int = 20) throws -> Reclassification {
        var found = Reclassification(changesLimit: changesLimit)
        try LedgerReplay(directory: directory).run { found.add($0, by: rules) }
        return found
    }
}
