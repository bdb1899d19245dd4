import Vocabulary

/// Draws a crowd's items from a catalogue: mostly in order, some worn, foreign, stuck or fraudulent.
public struct ItemGenerator {
    private var maker: ItemMaker
    private let reusable: [PackagingType]
    private let singleUse: [PackagingType]

    /// Things that people try and no catalogue of packaging holds.
    private static let foreign: [(name: String, material: Material, spectrum: String, massMilligrams: Int64)] = [
        ("toy of ABS", .other, "abs", 41_000), ("pipe of PVC", .pvc, "pvc", 57_000),
        ("lid of PMMA", .other, "pmma", 30_000), ("black tray", .pp, "dark", 19_000),
    ]

    public init(catalogue: Catalogue, seed: UInt64) {
        maker = ItemMaker(random: SeededRandom(seed: seed, stream: 100))
        reusable = catalogue.types.filter(\.isReusable)
        singleUse = catalogue.types.filter { !$0.isReusable }
    }

    public mutating func items(count: Int) -> [SimulatedItem] {
        var items: [SimulatedItem] = []
        items.reserveCapacity(count)
        while items.count < count {
            var item = next()
            item.script = script(isLast: items.count == count - 1)
            items.append(item)
        }
        return items
    }

    private mutating func next() -> SimulatedItem {
        let draw = maker.random.uniform()
        if draw < 0.55, let type = reusable.randomElement(using: &maker.random) {
            return item(of: type, draw < 0.07 ? .worn : .whole)
        }
        if draw < 0.92, let type = singleUse.randomElement(using: &maker.random) {
            return item(of: type, .whole)
        }
        let (name, material, spectrum, mass) = Self.foreign.randomElement(using: &maker.random) ?? Self.foreign[0]
        return SimulatedItem(
            name: name, material: material, lengthMillimetres: maker.lengthMillimetres(massMilligrams: mass),
            massMilligrams: mass, spectrum: spectrum)
    }

    private mutating func item(of type: PackagingType, _ condition: ItemMaker.Condition) -> SimulatedItem {
        let mass = maker.massMilligrams(of: type, condition)
        return SimulatedItem(
            name: type.id.rawValue, packagingType: type.id, material: type.material,
            lengthMillimetres: maker.lengthMillimetres(massMilligrams: mass), massMilligrams: mass,
            tag: maker.tag(of: type))
    }

    private mutating func script(isLast: Bool) -> ItemScript {
        switch maker.random.uniform() {
        case ..<0.01: .jams(atMillimetres: 380, clearingMovements: 2)
        case ..<0.02: .fishedAfterAcceptance(.exitBeam)
        case ..<0.03: .fishedAfterAcceptance(.bin)
        case ..<0.035: .pulledOutWhileMeasuring(after: .milliseconds(400))
        case ..<0.04: .notTaken(.seconds(4))
        case ..<0.045: .handStays(.seconds(2))
        case ..<0.05 where !isLast: .putInTwo
        default: .normal
        }
    }
}
