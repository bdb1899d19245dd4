import Foundation
import Ledger
import MaterialModel
import ShippedFiles
import SimulatedStation
import Testing
import VirtualStation
import Vocabulary

/// RS-1L in virtual time: the 8-LED head sees too little in one look at many an item.
struct SmallHeadTests {
    private struct Shift {
        var committed = 0
        var wronglyBooked = 0
        /// Items that were read so often.
        var byLooks: [Int: Int] = [:]
    }

    private static func data(_ path: String) -> Data { Data(Shipped.text(path).utf8) }

    private func shift(placements: Int) throws -> Shift {
        var settings = Shipped.intake
        settings.nirHead = .led8
        settings.placements = placements
        let model = "config/models/led-8.json"
        let statistics = "config/models/spectra-statistics-led8.json"
        let classifier = MaterialClassifier(
            model: try SpectralModel(json: Self.data(model), file: model), catalogue: Shipped.catalogue)
        let cups = try #require(Shipped.catalogue.types.first { $0.id == "cup-pp-300" })
        let items = (0..<60).map { _ in
            SimulatedItem(
                name: "cup", packagingType: cups.id, material: .pp, lengthMillimetres: 90,
                massMilligrams: cups.massMilligrams, tag: cups.tagClass.flatMap { Tag(number: $0.firstTag) })
        }
        let scenario = Scenario(seed: 11, items: items)
        var world = scenario.worldSettings(
            spectra: try SpectraLibrary(json: Self.data(statistics), file: statistics))
        world.equipment.nirHead = .led8
        var ledger: MemoryLedger?
        let station = VirtualStation(settings: settings, world: world, classifier: classifier) { sink, clock in
            let memory = MemoryLedger(
                station: "virtual", sink: sink, now: { clock.now },
                wallTime: { WallTime(unixMilliseconds: clock.now.nanoseconds / 1_000_000, isTrusted: true) })
            ledger = memory
            return memory
        }
        #expect(station.operate(until: Instant(nanoseconds: 6 * 3600 * 1_000_000_000)) == .over)
        var shift = Shift()
        for entry in try #require(ledger).stored {
            switch entry.record {
            case .accepted(let accepted):
                shift.byLooks[accepted.evidence.placements, default: 0] += 1
                if accepted.acceptance.identification.packagingType != cups.id { shift.wronglyBooked += 1 }
            case .refused(let refused): shift.byLooks[refused.evidence.placements, default: 0] += 1
            case .ended(let ended): shift.committed += ended.outcome == .committed ? 1 : 0
            case .started, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged,
                .hoursCorrected, .corrected:
                break
            }
        }
        return shift
    }

    @Test func `a station that may look again takes more cups than one that looks once, and books none wrongly`() throws
    {
        let once = try shift(placements: 1)
        let again = try shift(placements: 3)
        #expect(Set(once.byLooks.keys) == [1])
        #expect(Set(again.byLooks.keys).isSubset(of: [1, 2, 3]) && again.byLooks.count > 1)
        #expect(again.committed > once.committed, "\(once) and \(again)")
        #expect(once.wronglyBooked == 0 && again.wronglyBooked == 0)
    }
}
