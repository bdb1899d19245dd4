import FoundationEssentials
import Vocabulary

/// The model file as it stands on disk, version 1. Frozen: another shape gets another version.
struct ModelFile: Codable, Sendable {
    struct Class: Codable, Sendable {
        var material: Material
        var objects: Int
        var mean: [Double]
    }
    /// A curve that was never measured, of a material whose bands are known in principle.
    struct AssumedCurve: Codable, Sendable {
        var origin: String
        /// From this correlation on, -1 to 1, a strange spectrum resembles it.
        var leastCorrelation: Double
        /// The greatest correlation of any measured polymer with the curve.
        var greatestMeasuredCorrelation: Double
        /// Standardised like every spectrum: mean 0, variance 1.
        var mean: [Double]
    }
    struct Axis: Codable, Sendable {
        var variance: Double
        var direction: [Double]
    }
    struct Calibration: Codable, Sendable {
        var exponent: Int
        var offset: Double
    }
    private struct Version: Codable { var version: Int }

    static let knownVersion = 1
    static let byteLimit = 262_144
    static let bandLimit = 512
    static let axisLimit = 64
    static let exponentLimit = 16
    /// Standardised features are of order 1; far greater numbers could only overflow later.
    static let magnitudeLimit = 1000.0

    var version: Int
    var origin: String
    var licence: String
    var wavelengthsDecinanometres: [UInt16]
    var derivativeWindow: Int
    var leastReflectance: Double
    var leastStructure: Double
    var classes: [Class]
    var axes: [Axis]
    var assumedFibre: AssumedCurve
    var residualVariance: Double
    var calibration: Calibration
    var noveltyDistance: Double
    var familiarShare: Double
    var evaluation: ModelEvaluation

    static func decode(_ data: Data, file: String) throws(ModelFileError) -> ModelFile {
        guard data.count <= byteLimit else {
            throw .invalid(file: file, detail: "it has \(data.count) bytes, at most \(byteLimit) are read")
        }
        let decoder = JSONDecoder()
        do {
            // The version first: a file of another version may have any other shape.
            let version = try decoder.decode(Version.self, from: data).version
            guard version == knownVersion else {
                throw ModelFileError.versionUnknown(file: file, found: version, known: knownVersion)
            }
            let decoded = try decoder.decode(ModelFile.self, from: data)
            if let complaint = decoded.complaint { throw ModelFileError.invalid(file: file, detail: complaint) }
            return decoded
        } catch let error as ModelFileError {
            throw error
        } catch let error as DecodingError {
            throw .notReadable(file: file, detail: error.sentence)
        } catch {
            throw .notReadable(file: file, detail: String(describing: error))
        }
    }

    /// The first thing that is wrong, nil if the file can be used.
    var complaint: String? {
        let bands = wavelengthsDecinanometres
        if !(8...Self.bandLimit).contains(bands.count) { return "\(bands.count) bands, 8 to \(Self.bandLimit) allowed" }
        if zip(bands, bands.dropFirst()).contains(where: >=) { return "wavelengthsDecinanometres must ascend" }
        if !(3...bands.count / 2).contains(derivativeWindow) || derivativeWindow % 2 == 0 {
            return "derivativeWindow is \(derivativeWindow), must be odd, from 3 to half the bands"
        }
        return shapeComplaint(featureCount: bands.count - derivativeWindow + 1) ?? numberComplaint
    }

    private func shapeComplaint(featureCount: Int) -> String? {
        if classes.count < 2 { return "\(classes.count) classes, at least 2 needed" }
        if Set(classes.map(\.material)).count != classes.count { return "a material occurs twice among the classes" }
        if axes.count > Self.axisLimit { return "\(axes.count) axes, at most \(Self.axisLimit) allowed" }
        for entry in classes where entry.mean.count != featureCount {
            return "class \(entry.material.rawValue) has \(entry.mean.count) numbers instead of \(featureCount)"
        }
        if assumedFibre.mean.count != featureCount {
            return "assumedFibre has \(assumedFibre.mean.count) numbers instead of \(featureCount)"
        }
        for (index, axis) in axes.enumerated() where axis.direction.count != featureCount {
            return "axis \(index) has \(axis.direction.count) numbers instead of \(featureCount)"
        }
        return nil
    }

    private var numberComplaint: String? {
        let positive: [(String, Double)] = [
            ("residualVariance", residualVariance), ("calibration.offset", calibration.offset),
            ("noveltyDistance", noveltyDistance),
            ("leastReflectance", leastReflectance), ("leastStructure", leastStructure),
        ]
        for (name, value) in positive + axes.map({ ("axis variance", $0.variance) }) where !(value > 0) {
            return "\(name) is \(value), must be greater than 0"
        }
        let arrays = classes.map(\.mean) + axes.map(\.direction) + [assumedFibre.mean]
        let numbers = arrays.joined().count(where: { !(abs($0) <= Self.magnitudeLimit) })
        if numbers > 0 { return "\(numbers) numbers of the classes, axes and curves exceed \(Self.magnitudeLimit)" }
        if !(1...Self.exponentLimit).contains(calibration.exponent) {
            return "calibration.exponent is \(calibration.exponent), must be from 1 to \(Self.exponentLimit)"
        }
        let least = assumedFibre.leastCorrelation
        if !(least > assumedFibre.greatestMeasuredCorrelation && least <= 1) {
            return "assumedFibre.leastCorrelation is \(least), must be greater than that of the measured polymers and "
                + "at most 1"
        }
        if !(familiarShare > 0.5 && familiarShare < 1) {
            return "familiarShare is \(familiarShare), must be between 0.5 and 1"
        }
        return nil
    }
}

/// How well the model did when it was trained, as its file states it.
public struct ModelEvaluation: Codable, Hashable, Sendable {
    public var method: String
    /// Physical objects that were left out in turn, and how many of them were named rightly.
    public var objects: Int
    public var objectsRight: Int
    /// Share of right scans of left-out objects, each object weighing the same, 0 to 1.
    public var scanAccuracy: Double
    /// Share of left-out scans that were familiar and at least 0.9 probable, and how many of those were right, 0 to 1.
    public var decidedShare: Double
    public var decidedAccuracy: Double
    /// Per foreign material: objects that were taken for a known class (a scan weighs a share of its object), of all.
    public var strangersDecided: [String: [Double]]
    /// Of the scans that were trained on: how many read as familiar, and how many of those are named rightly. No
    /// measure of quality, but another reader of the file must find the same.
    public var trainingScans: Int
    public var trainingScansFamiliar: Int
    public var trainingScansFamiliarRight: Int
}

extension DecodingError {
    fileprivate var sentence: String {
        func place(_ context: Context) -> String {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? "the file" : path
        }
        return switch self {
        case .keyNotFound(let key, let context): "the key \(key.stringValue) is missing in \(place(context))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): "\(place(context)) has another type"
        case .dataCorrupted(let context): "\(place(context)) is not valid (\(context.debugDescription))"
        @unknown default: String(describing: self)
        }
    }
}
