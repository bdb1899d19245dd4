import FoundationEssentials
import Glibc
import Vocabulary

/// The reflectances of materials: statistics that items are drawn from, and, if given, measured scans that items of
/// the same class replay instead. docs/simulator.md says what the statistics are made of.
public struct SpectraLibrary: Sendable {
    /// Centre of each band in tenths of a nanometre, ascending.
    public let wavelengthsDecinanometres: [UInt16]
    /// How the head's white wanders.
    let wandering: HeadDrift.Wandering
    private var classes: [String: SpectralClass]
    /// By class, then by object, the scans of it.
    private var measured: [String: [[[Float]]]] = [:]

    /// Bands that a library may have at most: what fits the head's register block.
    public static let bandsLimit = 246

    /// Curves of natural logarithms of reflectance.
    struct SpectralClass: Sendable {
        var mean: [Float]
        /// How items differ from the mean.
        var items: Spread
        /// How placements of one item differ from it.
        var placements: Spread
    }

    /// A covariance: components, each times its standard deviation, and what is left of each band's own.
    struct Spread: Sendable {
        var components: [[Float]]
        var diagonal: [Float]

        /// Adds one draw to the curve.
        func draw(onto curve: inout [Float], random: inout SeededRandom) {
            for component in components {
                let amount = Float(random.normal())
                for band in curve.indices { curve[band] += amount * component[band] }
            }
            guard diagonal.contains(where: { $0 != 0 }) else { return }
            for band in curve.indices { curve[band] += diagonal[band] * Float(random.normal()) }
        }
    }

    init(
        wavelengthsDecinanometres: [UInt16], wandering: HeadDrift.Wandering, classes: [String: SpectralClass]
    ) {
        self.wavelengthsDecinanometres = wavelengthsDecinanometres
        self.wandering = wandering
        self.classes = classes
    }

    public func knows(_ name: String) -> Bool { classes[name] != nil || measured[name] != nil }

    /// The names of all classes, sorted.
    public var names: [String] { Set(classes.keys).union(measured.keys).sorted() }

    /// What an empty chamber reflects: the dark rubber of the belt.
    var emptyBelt: [Float] { [Float](repeating: 0.05, count: wavelengthsDecinanometres.count) }

    /// Reflectance below which no item lies, whatever is drawn, and above which none does: a mirror of a lamp.
    private static let reflectances: ClosedRange<Float> = 0.005...5

    /// One placement of one item: the item by its seed, the placement by the generator.
    /// - Parameter isTypical: the item looks like the mean of its class.
    func scan(
        of name: String, itemSeed: UInt64, isTypical: Bool = false, random: inout SeededRandom
    ) -> [Float] {
        var itemRandom = SeededRandom(seed: itemSeed)
        if let objects = measured[name], let object = objects.randomElement(using: &itemRandom),
            let scan = object.randomElement(using: &random)
        {
            return scan
        }
        guard let drawn = classes[name] else { return emptyBelt }
        var curve = drawn.mean
        if !isTypical { drawn.items.draw(onto: &curve, random: &itemRandom) }
        drawn.placements.draw(onto: &curve, random: &random)
        for band in curve.indices {
            curve[band] = min(Self.reflectances.upperBound, max(Self.reflectances.lowerBound, exp(curve[band])))
        }
        return curve
    }

    /// Adds measured scans of one object. All must have the library's bands.
    mutating func addMeasured(_ scans: [[Float]], of name: String) {
        measured[name, default: []].append(scans)
    }
}
