import FoundationEssentials
import Vocabulary

/// A statistics file, version 2 (config/models/spectra-statistics*.json, made by tools/make_spectra_statistics.py).
/// Curves are whole ten-thousandths of the natural logarithm of reflectance.
private struct SpectraFile: Decodable {
    static let version = 2
    static let unit: Float = 1e-4

    struct Version: Decodable {
        var version: Int
    }
    struct Spread: Decodable {
        var components: [[Int]]
        var diagonal: [Int]
    }
    struct Class: Decodable {
        var name: String
        var mean: [Int]
        /// Names of covariances.
        var items: String
        var placements: String
    }
    var wavelengthsDecinanometres: [UInt16]
    var references: HeadDrift.Wandering
    var covariances: [String: Spread]
    var classes: [Class]
}

extension SpectraLibrary {
    /// The statistics of a head's kind, as shipped, in the folder of the configuration.
    public static func shippedFile(for kind: NIRHeadKind) -> String {
        switch kind {
        case .spectrometer: "models/spectra-statistics.json"
        case .led8: "models/spectra-statistics-led8.json"
        }
    }

    /// - Parameter file: its name, for the error's sentence.
    public init(json: Data, file: String) throws(SpectraError) {
        let content = try Self.decode(json, file: file)
        let bands = content.wavelengthsDecinanometres.count
        guard (1...Self.bandsLimit).contains(bands) else {
            throw SpectraError("\(file): \(bands) bands; permitted are 1 to \(Self.bandsLimit)")
        }
        func curve(_ numbers: [Int], of owner: String) throws(SpectraError) -> [Float] {
            guard numbers.count == bands else {
                throw SpectraError("\(file): \(owner) has a curve of another length than \(bands) bands")
            }
            return numbers.map { Float($0) * SpectraFile.unit }
        }
        func spread(_ name: String, of owner: String) throws(SpectraError) -> Spread {
            guard let found = content.covariances[name] else {
                throw SpectraError("\(file): class \(owner) names the covariance \"\(name)\", which is not there")
            }
            var components: [[Float]] = []
            for component in found.components { components.append(try curve(component, of: "covariance \(name)")) }
            return Spread(components: components, diagonal: try curve(found.diagonal, of: "covariance \(name)"))
        }
        var classes: [String: SpectralClass] = [:]
        for entry in content.classes {
            classes[entry.name] = SpectralClass(
                mean: try curve(entry.mean, of: "class \(entry.name)"), items: try spread(entry.items, of: entry.name),
                placements: try spread(entry.placements, of: entry.name))
        }
        self.init(
            wavelengthsDecinanometres: content.wavelengthsDecinanometres, wandering: content.references,
            classes: classes)
    }

    private static func decode(_ json: Data, file: String) throws(SpectraError) -> SpectraFile {
        let decoder = JSONDecoder()
        do {
            let found = try decoder.decode(SpectraFile.Version.self, from: json).version
            guard found == SpectraFile.version else {
                throw SpectraError(
                    "\(file): version \(found) of spectra statistics is not known; use version \(SpectraFile.version)")
            }
            return try decoder.decode(SpectraFile.self, from: json)
        } catch let error as SpectraError {
            throw error
        } catch {
            throw SpectraError("\(file): read as spectra statistics, but it does not have their form: \(error)")
        }
    }
}

/// What was read, what is wrong with it, and what to do.
public struct SpectraError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
