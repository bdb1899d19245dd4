import StrictYAML
import Vocabulary

/// Reads scenario files.
public struct ScenarioReader {
    private let catalogue: Catalogue
    private let spectra: SpectraLibrary
    private let bins: [BinSettings]

    public static let delayRange: ClosedRange<Duration> = .zero...(.seconds(3600))
    /// Entries of `items`, each of which may stand for many.
    public static let entriesLimit = 5000
    static let repeatRange = 1...10_000
    static let seedRange = 0...Int(Int64.max)

    public init(catalogue: Catalogue, spectra: SpectraLibrary, bins: [BinSettings] = ReferenceStation.bins) {
        self.catalogue = catalogue
        self.spectra = spectra
        self.bins = bins
    }

    /// - Throws: everything that is wrong with the file, each with its line.
    public func read(text: String, file: String) throws(YAMLErrors) -> Scenario {
        try YAMLDocument.read(text: text, file: file) { map in
            let seed = map.required("seed") { $0.int(in: Self.seedRange) }
            var maker = ItemMaker(random: SeededRandom(seed: UInt64(seed ?? 0), stream: 101))
            let items = map.required("items") { value in
                value.list(count: 1...Self.entriesLimit) { entry in
                    entry.mapping { ItemReader(catalogue: catalogue, spectra: spectra).read($0, maker: &maker) }
                }
            }
            let isTypical = map.optional("typicalItems", absent: false) { $0.bool() }
            var all = (items ?? []).flatMap { $0 }
            for index in all.indices { all[index].isTypical = isTypical ?? false }
            if all.count > Scenario.itemsLimit {
                map.place(of: "items").fail("\(all.count) items are more than the limit of \(Scenario.itemsLimit)")
            }
            if all.last?.script == .putInTwo {
                map.place(of: "items").fail("the last item is put in together with the next one, and there is none")
            }
            let faults = map.optional("faults", absent: []) { value in
                value.list(count: 0...Scenario.faultsLimit) { entry in
                    entry.mapping { FaultReader(bins: bins, itemsCount: all.count).read($0) }
                }
            }
            let attendant = map.optional("attendantComesAfter") { $0.duration(in: Self.delayRange) }
            guard let seed, items != nil, isTypical != nil, let faults else { return nil }
            return Scenario(seed: UInt64(seed), items: all, faults: faults, attendantComesAfter: attendant)
        }
    }
}

/// One entry of `items`.
struct ItemReader {
    let catalogue: Catalogue
    let spectra: SpectraLibrary

    /// The entry's items, `repeat` times; nil if something is wrong.
    func read(_ map: YAMLMapping, maker: inout ItemMaker) -> [SimulatedItem]? {
        let typeID = map.optional("type", absent: nil) { value -> PackagingTypeID?? in
            value.raw(PackagingTypeID.self, expected: "a packaging type of the catalogue").map { .some($0) }
        }
        let material = map.optional("material") { $0.word(Material.self) }
        let type = typeID.flatMap { $0 }.flatMap { catalogue[$0] }
        if let named = typeID.flatMap({ $0 }), type == nil {
            map.place(of: "type").fail("\"\(named)\" is not in the catalogue \(catalogue.version)")
        }
        let name = map.optional("name") { $0.string() }
        let condition = map.optional("condition", absent: ItemMaker.Condition.whole) { $0.word() }
        let mass = map.optional("mass") { $0.quantity(.mass, in: SimulatedItem.massMilligramsRange) }
        let length = map.optional("length") { $0.int(in: lengths) }
        let tag = map.optional("tag") { $0.int(in: 1...Int(UInt32.max)) }
        let isUntagged = map.optional("untagged", absent: false) { $0.bool() }
        let isMetal = map.optional("metal") { $0.bool() }
        let spectrum = map.optional("spectrum") { $0.string() }
        let script = ScriptReader().read(map)
        let count = map.optional("repeat", absent: 1) { $0.int(in: ScenarioReader.repeatRange) }

        guard let resolvedMaterial = material ?? type?.material else {
            map.place.fail("an item needs a type of the catalogue or a material")
            return nil
        }
        if type == nil, mass == nil {
            map.place.fail("an item without a type of the catalogue needs a mass")
            return nil
        }
        let resolvedSpectrum = spectrum ?? resolvedMaterial.rawValue
        if !spectra.knows(resolvedSpectrum) {
            map.place(of: "spectrum").fail(
                "there is no spectrum \"\(resolvedSpectrum)\"; there are: \(spectra.names.joined(separator: ", "))")
        }
        guard let condition, let isUntagged, let script, let count else { return nil }
        return (0..<count).map { _ in
            let milligrams = mass ?? type.map { maker.massMilligrams(of: $0, condition) } ?? 0
            let drawnTag = isUntagged ? nil : type.flatMap { maker.tag(of: $0) }
            return SimulatedItem(
                name: name ?? type?.id.rawValue ?? resolvedMaterial.rawValue, packagingType: type?.id,
                material: resolvedMaterial,
                lengthMillimetres: length.map { Double($0) } ?? maker.lengthMillimetres(massMilligrams: milligrams),
                massMilligrams: milligrams, tag: tag.flatMap { Tag(number: UInt32($0)) } ?? drawnTag,
                isMetal: isMetal, spectrum: resolvedSpectrum, script: script)
        }
    }

    private var lengths: ClosedRange<Int> {
        Int(SimulatedItem.lengthMillimetresRange.lowerBound)...Int(SimulatedItem.lengthMillimetresRange.upperBound)
    }
}

/// The script of an item and the keys that it alone has.
struct ScriptReader {
    static let placeRange = Int(Geometry.chamberEnd)...Int(Geometry.beltEnd) - 1
    static let movementsRange = 1...20

    func read(_ map: YAMLMapping) -> ItemScript? {
        guard let name = map.optional("script", absent: ItemScript.Name.normal, { $0.word() }) else { return nil }
        func duration(_ key: String) -> Duration? {
            map.required(key) { $0.duration(in: ScenarioReader.delayRange) }
        }
        switch name {
        case .normal: return .normal
        case .putInTwo: return .putInTwo
        case .pulledOutWhileMeasuring: return duration("after").map { .pulledOutWhileMeasuring(after: $0) }
        case .notTaken: return duration("for").map { .notTaken($0) }
        case .handStays: return duration("for").map { .handStays($0) }
        case .fishedAfterAcceptance:
            return map.required("from") { $0.word(FishingPoint.self) }.map { .fishedAfterAcceptance($0) }
        case .jams:
            let place = map.required("place") { $0.int(in: Self.placeRange) }
            let movements = map.optional("clearingMovements") { $0.int(in: Self.movementsRange) }
            return place.map { .jams(atMillimetres: Double($0), clearingMovements: movements) }
        }
    }
}
