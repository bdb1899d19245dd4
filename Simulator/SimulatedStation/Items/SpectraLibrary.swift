import FoundationEssentials

/// The reflectances of materials: statistics that items are drawn from, and, if given, measured scans that items of
/// the same class replay instead.
public struct SpectraLibrary: Sendable {
    /// Centre of each band in tenths of a nanometre, ascending.
    public let wavelengthsDecinanometres: [UInt16]
    private var classes: [String: SpectralClass]
    /// By class, then by object, the scans of it.
    private var measured: [String: [[[Float]]]] = [:]

    /// Bands that a library may have at most: what fits the head's register block.
    public static let bandsLimit = 246

    struct SpectralClass: Decodable, Sendable {
        struct Component: Decodable, Sendable {
            var sigma: Double
            var vector: [Float]
        }
        var name: String
        var mean: [Float]
        var betweenItems: [Component]
        var withinItems: [Component]
    }

    private struct File: Decodable {
        var version: Int
        var wavelengthsDecinanometres: [UInt16]
        var classes: [SpectralClass]
    }

    /// Reads a statistics file, version 1 (config/models/spectra-statistics.json).
    public init(json: Data, file: String) throws(SpectraError) {
        let content: File
        do {
            content = try JSONDecoder().decode(File.self, from: json)
        } catch {
            throw SpectraError("\(file): read as spectra statistics, but it does not have their form: \(error)")
        }
        guard content.version == 1 else {
            throw SpectraError("\(file): version \(content.version) of spectra statistics is not known; use version 1")
        }
        let bands = content.wavelengthsDecinanometres.count
        guard (1...Self.bandsLimit).contains(bands) else {
            throw SpectraError("\(file): \(bands) bands; permitted are 1 to \(Self.bandsLimit)")
        }
        for entry in content.classes {
            let lengths = [entry.mean.count] + (entry.betweenItems + entry.withinItems).map(\.vector.count)
            guard lengths.allSatisfy({ $0 == bands }) else {
                throw SpectraError("\(file): class \(entry.name) has a curve of another length than \(bands) bands")
            }
        }
        self.init(wavelengthsDecinanometres: content.wavelengthsDecinanometres, classes: content.classes)
    }

    /// All curves have one number per wavelength.
    private init(wavelengthsDecinanometres: [UInt16], classes: [SpectralClass]) {
        self.wavelengthsDecinanometres = wavelengthsDecinanometres
        self.classes = Dictionary(classes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public func knows(_ name: String) -> Bool { classes[name] != nil || measured[name] != nil }

    /// The names of all classes, sorted.
    public var names: [String] { Set(classes.keys).union(measured.keys).sorted() }

    /// What an empty chamber reflects: the dark rubber of the belt.
    var emptyBelt: [Float] { [Float](repeating: 0.05, count: wavelengthsDecinanometres.count) }

    /// Reflectance below which no item lies, whatever is drawn.
    private static let leastReflectance: Float = 0.005

    /// One placement of one item: the item by its seed, the placement by the generator.
    func scan(of name: String, itemSeed: UInt64, random: inout SeededRandom) -> [Float] {
        var itemRandom = SeededRandom(seed: itemSeed)
        if let objects = measured[name], let object = objects.randomElement(using: &itemRandom),
            let scan = object.randomElement(using: &random)
        {
            return scan
        }
        guard let drawn = classes[name] else { return emptyBelt }
        var curve = drawn.mean
        Self.add(drawn.betweenItems, to: &curve, random: &itemRandom)
        Self.add(drawn.withinItems, to: &curve, random: &random)
        for band in curve.indices { curve[band] = max(Self.leastReflectance, curve[band]) }
        return curve
    }

    private static func add(
        _ components: [SpectralClass.Component], to curve: inout [Float], random: inout SeededRandom
    ) {
        for component in components {
            let amount = Float(component.sigma * random.normal())
            for band in curve.indices { curve[band] += amount * component.vector[band] }
        }
    }

    /// Adds measured scans of one object. All must have the library's bands.
    mutating func addMeasured(_ scans: [[Float]], of name: String) {
        measured[name, default: []].append(scans)
    }
}

/// What was read, what is wrong with it, and what to do.
public struct SpectraError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

extension SpectraLibrary {
    /// A library for runs in which no spectrum is judged: each material has one dip of its own, nothing was measured.
    public static let synthetic: SpectraLibrary = {
        let bands = 128
        let wavelengths = (0..<bands).map { UInt16(10_145 + 7_055 * $0 / (bands - 1)) }
        let names = [
            "pet", "hdpe", "ldpe", "pp", "ps", "pvc", "pla", "abs", "pmma", "fibre", "glass", "aluminium", "steel",
            "other", "dark",
        ]
        let classes = names.enumerated().map { place, name in
            let dip = 8 * place + 4
            let mean = (0..<bands).map { band -> Float in
                let distance = Float(abs(band - dip)) / 6
                let level: Float = name == "dark" ? 0.03 : 0.9
                return level * (distance < 1 ? 0.6 + 0.4 * distance : 1)
            }
            let flat = [Float](repeating: 1, count: bands)
            return SpectralClass(
                name: name, mean: mean, betweenItems: [.init(sigma: 0.02, vector: flat)],
                withinItems: [.init(sigma: 0.01, vector: flat)])
        }
        return SpectraLibrary(wavelengthsDecinanometres: wavelengths, classes: classes)
    }()
}
