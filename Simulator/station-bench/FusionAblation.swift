import ArgumentParser
import Ledger
import MaterialModel
import SimulatedStation
import Synchronization
import VirtualStation
import Vocabulary

/// What each piece of evidence is worth: a simulated crowd's items are recognised with all of it, and with each piece
/// left out. The simulated world knows what an item was; the classifier is given what the station had measured.
struct FusionAblation: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fusion", abstract: "Verdicts on simulated items with each piece of evidence left out.")

    @Option(help: "Items that go through the station one by one.")
    var items = 3000

    @Option(help: "Of the crowd and its items.")
    var seed: UInt64 = 1

    @OptionGroup var shipped: ShippedFolder

    func run() throws {
        let setup = try shipped.setup()
        var generator = ItemGenerator(catalogue: setup.catalogue, seed: seed)
        let crowd = generator.items(count: items).map { item in
            var item = item
            item.script = .normal
            return item
        }
        print("\(items) items, seed \(seed); listed items, and things that are not listed")
        print("left out    right   wrong type   wrong material   handed back   not listed: wrong   handed back   looks")
        for piece in Piece.allCases {
            let verdicts = try Self.verdicts(on: crowd, without: piece, setup, seed: seed)
            var tally = Tally()
            for (item, verdict) in verdicts { tally.add(verdict, crowd[item]) }
            print(tally.row(piece.rawValue))
        }
    }

    private struct LastVerdict {
        var classification: Classification
        var looks: Int
    }

    /// Keeps a piece from the classifier, and remembers the last verdict on each item: the station may look again.
    private final class Witness: Classifier {
        let classifier: MaterialClassifier
        let piece: Piece
        let world = Mutex<SharedWorld?>(nil)
        let verdicts = Mutex<[Int: LastVerdict]>([:])

        init(_ classifier: MaterialClassifier, without piece: Piece) {
            (self.classifier, self.piece) = (classifier, piece)
        }

        func classify(_ evidence: Evidence) -> Classification {
            let classification = classifier.classify(piece.without(evidence))
            let onBelt = world.withLock { $0 }?.with { world in
                world.whereabouts.indices.filter { world.whereabouts[$0] == .onBelt }
            }
            if let onBelt, onBelt.count == 1 {
                let verdict = LastVerdict(classification: classification, looks: evidence.placements)
                verdicts.withLock { $0[onBelt[0]] = verdict }
            }
            return classification
        }
    }

    private static func verdicts(
        on crowd: [SimulatedItem], without piece: Piece, _ setup: Setup, seed: UInt64
    ) throws -> [Int: LastVerdict] {
        let witness = Witness(setup.classifier, without: piece)
        let scenario = Scenario(seed: seed, items: crowd)
        let station = VirtualStation(
            settings: setup.intake, world: setup.world(of: scenario), classifier: witness
        ) { sink, clock in
            MemoryLedger(station: "bench", sink: sink, now: { clock.now }, wallTime: { clock.wallTime })
        }
        witness.world.withLock { $0 = station.simulation.world }
        let end = station.operate(until: Instant(nanoseconds: .max))
        guard end == .over else { throw ValidationError("the simulated crowd came to no end: \(end)") }
        return witness.verdicts.withLock { $0 }
    }

    // MARK: Verdicts

    private enum Piece: String, CaseIterable {
        case nothing, tag, mass, metal, presence, spectrum

        func without(_ evidence: Evidence) -> Evidence {
            var evidence = evidence
            switch self {
            case .nothing: break
            case .tag: evidence.tag = .missing
            case .mass: evidence.mass = .missing
            case .metal: evidence.metal = .missing
            case .presence: evidence.presence = .missing
            case .spectrum: (evidence.spectrum, evidence.furtherSpectra) = (.missing, [])
            }
            return evidence
        }
    }

    private struct Tally {
        private var right = 0, wrongType = 0, wrongMaterial = 0, handedBack = 0
        private var foreignTaken = 0, foreignNamed = 0, foreignHandedBack = 0, looks = 0, items = 0

        mutating func add(_ verdict: LastVerdict, _ item: SimulatedItem) {
            (looks, items) = (looks + verdict.looks, items + 1)
            switch (verdict.classification.result, item.packagingType) {
            case (.unknown, nil): foreignHandedBack += 1
            case (.unknown, _?): handedBack += 1
            // What is of a material that bins are there for may be taken without being listed: the black tray.
            case (.identified(let found), nil):
                if found.material == item.material { foreignNamed += 1 } else { foreignTaken += 1 }
            case (.identified(let found), let type?):
                if found.material != item.material {
                    wrongMaterial += 1
                } else if let named = found.packagingType, named != type {
                    wrongType += 1
                } else {
                    right += 1
                }
            }
        }

        func row(_ name: String) -> String {
            let listed = Double(max(1, right + wrongType + wrongMaterial + handedBack))
            let foreign = Double(max(1, foreignTaken + foreignNamed + foreignHandedBack))
            func share(_ count: Int, of all: Double, _ width: Int) -> String {
                let text = "\((Double(count) / all * 10_000).rounded() / 100) %"
                return String(repeating: " ", count: max(0, width - text.count)) + text
            }
            return name + String(repeating: " ", count: 9 - name.count) + share(right, of: listed, 8)
                + share(wrongType, of: listed, 13) + share(wrongMaterial, of: listed, 17)
                + share(handedBack, of: listed, 14) + share(foreignTaken, of: foreign, 20)
                + share(foreignHandedBack, of: foreign, 14)
                + "    \((Double(looks) / Double(max(1, items)) * 100).rounded() / 100)"
        }
    }
}
