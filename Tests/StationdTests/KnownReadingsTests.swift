import Ledger
import ShippedFiles
import SimulatedStation
import TestSupport
import Testing
import VirtualStation
import Vocabulary

@testable import stationd

/// What tagged items read before a start, out of the ledger's own file.
struct KnownReadingsTests {
    /// A shift in which people bring tagged cups, and cups that have lost their tag.
    private static func operate(in folder: String) throws {
        let items = (0..<40).map { place in
            SimulatedItem(
                name: "cup \(place)", packagingType: "cup-pp-300", material: .pp, massMilligrams: 35_000,
                tag: place.isMultiple(of: 2) ? Tag(number: 100_000 + UInt32(place)) : nil)
        }
        var writer: LedgerWriter?
        let station = try VirtualStation(
            settings: Shipped.intake, world: Scenario(seed: 5, items: items).worldSettings(spectra: Shipped.spectra),
            classifier: Shipped.classifier
        ) { sink, clock in
            try WaitingLedger(station: sink) { answers in
                let ledger = try LedgerWriter(
                    directory: folder, station: "virtual", sink: answers, now: { clock.now },
                    wallTime: { WallTime(unixMilliseconds: clock.now.nanoseconds / 1_000_000, isTrusted: true) },
                    logger: silentLogger)
                try ledger.start()
                writer = ledger
                return ledger
            }
        }
        _ = station.operate(until: Instant(nanoseconds: 24 * 3600 * 1_000_000_000))
        writer?.stop()
    }

    @Test func `tagged items of the last run are known again, and nothing else`() throws {
        let folder = try TemporaryFolder()
        try Self.operate(in: folder.path)
        let reader = try LedgerReader(directory: folder.path)
        let known = knownReadings(reader, Shipped.intake, silentLogger)
        // A shaky scale or a spectrum may have another say about one or two.
        #expect((16...20).contains(known.count))
        #expect(known.allSatisfy { $0.type == "cup-pp-300" && $0.material == .pp && $0.curve.count == 128 })
        let reflectances = known.flatMap(\.curve)
        #expect(reflectances.allSatisfy { $0 > 0 && $0 < 10 })

        var later = Shipped.intake
        later.knownItemsAfter = 1_000_000
        #expect(knownReadings(reader, later, silentLogger).isEmpty)
        var without = Shipped.intake
        without.nirHead = nil
        #expect(knownReadings(reader, without, silentLogger).isEmpty)
    }
}
