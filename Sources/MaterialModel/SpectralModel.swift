import FoundationEssentials
import Vocabulary

/// What the spectral model makes of one spectrum.
public enum SpectralReading: Hashable, Sendable {
    /// The spectrum's bands are not the model's: as if there were none.
    case mismatched
    /// Too dark, clipped or without a scale: there is no signal to judge.
    case unreadable
    /// A straight line: none of the bands that polymers and fibre have. Glass and metal look like that.
    case flat
    /// There is a signal, but unlike every class of the model.
    case strange
    /// Unlike every class, but like the assumed curve of fibre, which was never measured.
    case resemblingFibre
    /// Like at least one class. The probabilities are those of `SpectralModel.materials`, in that order, at equal
    /// priors; they add up to 1.
    case familiar([Double])
}

/// Tells materials apart by near-infrared reflectance: derivative, standard normal variate, and the distance to each
/// class mean under one covariance shared by all classes. `docs/classification.md` has the formulas.
public struct SpectralModel: Sendable {
    /// The heads' wavelengths may differ from the model's by this much, in tenths of a nanometre.
    public static let wavelengthToleranceDecinanometres = 10

    public let wavelengthsDecinanometres: [UInt16]
    /// The classes, in the order of the file.
    public let materials: [Material]
    /// Share of items of the model's materials that read as `familiar`, 0.5 to 1.
    public let familiarShare: Double
    public let origin: String
    public let evaluation: ModelEvaluation

    private let derivativeWindow: Int
    private let leastReflectance: Double
    private let leastStructure: Double
    private let assumedFibre: ModelFile.AssumedCurve
    private let means: [[Double]]
    private let directions: [[Double]]
    private let variances: [Double]
    /// Each class mean along each axis, so that a verdict needs one projection instead of one per class.
    private let projectedMeans: [[Double]]
    private let residualVariance: Double
    private let calibration: ModelFile.Calibration
    private let noveltyDistance: Double

    /// Decodes and checks a model file; `file` is its name for the error's sentence.
    public init(json data: Data, file: String) throws(ModelFileError) {
        let decoded = try ModelFile.decode(data, file: file)
        wavelengthsDecinanometres = decoded.wavelengthsDecinanometres
        materials = decoded.classes.map(\.material)
        familiarShare = decoded.familiarShare
        origin = decoded.origin
        evaluation = decoded.evaluation
        derivativeWindow = decoded.derivativeWindow
        leastReflectance = decoded.leastReflectance
        leastStructure = decoded.leastStructure
        assumedFibre = decoded.assumedFibre
        means = decoded.classes.map(\.mean)
        let directions = decoded.axes.map(\.direction)
        self.directions = directions
        variances = decoded.axes.map(\.variance)
        projectedMeans = decoded.classes.map { entry in directions.map { dot($0, entry.mean) } }
        residualVariance = decoded.residualVariance
        calibration = decoded.calibration
        noveltyDistance = decoded.noveltyDistance
    }

    /// What does not fit between a head and this model, as a sentence to be logged once per head; nil if all is well.
    public func mismatch(with spectrum: Spectrum) -> String? {
        let bands = wavelengthsDecinanometres.count
        let lengths = [
            spectrum.wavelengthsDecinanometres.count, spectrum.raw.count, spectrum.white.count, spectrum.dark.count,
        ]
        guard lengths.allSatisfy({ $0 == bands }) else {
            return
                "The NIR head's spectrum was compared with the model: it has \(lengths[0]) wavelengths, \(lengths[1]) "
                + "raw, \(lengths[2]) white and \(lengths[3]) dark values, the model \(bands) bands. Its spectra are "
                + "ignored; install the model for this head."
        }
        for (found, wanted) in zip(spectrum.wavelengthsDecinanometres, wavelengthsDecinanometres)
        where abs(Int(found) - Int(wanted)) > Self.wavelengthToleranceDecinanometres {
            return "The NIR head's spectrum was compared with the model: a band lies at \(nanometres(found)) nm where "
                + "the model has \(nanometres(wanted)) nm. Its spectra are ignored; install the model for this head."
        }
        return nil
    }

    /// What the spectrum looks like, judged by this model alone.
    public func read(_ spectrum: Spectrum) -> SpectralReading {
        guard mismatch(with: spectrum) == nil else { return .mismatched }
        guard let reflectance = Reflectance.of(spectrum) else { return .unreadable }
        guard mean(reflectance[...]) >= leastReflectance else { return .unreadable }
        guard structure(of: reflectance) >= leastStructure, let features = features(of: reflectance) else {
            return .flat
        }
        let distances = distances(of: features)
        guard let nearest = distances.min(), nearest <= noveltyDistance else { return unfamiliar(features) }
        return .familiar(probabilities(at: distances))
    }

    private func unfamiliar(_ features: [Double]) -> SpectralReading {
        // Both are standardised, so the mean product is the correlation.
        let correlation = dot(assumedFibre.mean, features) / Double(features.count)
        return correlation >= assumedFibre.leastCorrelation ? .resemblingFibre : .strange
    }

    /// How far the curve is from a straight line, relative to its brightness; smoothed before, so that noise is not
    /// taken for structure.
    private func structure(of reflectance: [Double]) -> Double {
        let count = reflectance.count - derivativeWindow + 1
        let smooth = (0..<count).map { mean(reflectance[$0..<$0 + derivativeWindow]) }
        let centre = mean(smooth[...])
        let middle = Double(count - 1) / 2
        var product = 0.0
        var square = 0.0
        for index in 0..<count {
            let place = Double(index) - middle
            product += smooth[index] * place
            square += place * place
        }
        let slope = product / square
        var rest = 0.0
        for index in 0..<count {
            let deviation = smooth[index] - centre - slope * (Double(index) - middle)
            rest += deviation * deviation
        }
        return (rest / Double(count)).squareRoot() / centre
    }

    /// Nil for a perfectly straight line, which has no shape to standardise.
    private func features(of reflectance: [Double]) -> [Double]? {
        var slopes = slopes(of: reflectance)
        let centre = mean(slopes[...])
        let deviation = (slopes.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(slopes.count)).squareRoot()
        guard deviation > 0 else { return nil }
        for index in slopes.indices { slopes[index] = (slopes[index] - centre) / deviation }
        return slopes
    }

    /// Least-squares slope over `derivativeWindow` bands around each band; the edges are dropped.
    private func slopes(of reflectance: [Double]) -> [Double] {
        let half = derivativeWindow / 2
        let norm = Double((-half...half).reduce(0) { $0 + $1 * $1 })
        return (half..<reflectance.count - half).map { centre in
            var sum = 0.0
            for offset in 1...half {
                sum += Double(offset) * (reflectance[centre + offset] - reflectance[centre - offset])
            }
            return sum / norm
        }
    }

    /// Squared distance to each class: along the axes by their variances, across them by the residual variance.
    private func distances(of features: [Double]) -> [Double] {
        let projected = directions.map { dot($0, features) }
        return means.indices.map { index in
            var squared = 0.0
            for (value, mean) in zip(features, means[index]) { squared += (value - mean) * (value - mean) }
            var along = 0.0
            var weighted = 0.0
            for axis in projected.indices {
                let deviation = projected[axis] - projectedMeans[index][axis]
                along += deviation * deviation
                weighted += deviation * deviation / variances[axis]
            }
            return weighted + max(squared - along, 0) / residualVariance
        }
    }

    /// Heavy-tailed likelihood (offset + distance) ^ -exponent, normalised. Taken relative to the nearest class, so
    /// that it can neither overflow nor divide by zero.
    private func probabilities(at distances: [Double]) -> [Double] {
        let nearest = calibration.offset + (distances.min() ?? 0)
        let likelihoods = distances.map { power(nearest / (calibration.offset + $0), calibration.exponent) }
        let sum = likelihoods.reduce(0, +)
        return likelihoods.map { $0 / sum }
    }
}

private func mean(_ values: ArraySlice<Double>) -> Double {
    values.reduce(0, +) / Double(values.count)
}

private func dot(_ left: [Double], _ right: [Double]) -> Double {
    var sum = 0.0
    for (a, b) in zip(left, right) { sum += a * b }
    return sum
}

private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
}

private func nanometres(_ decinanometres: UInt16) -> String {
    "\(decinanometres / 10).\(decinanometres % 10)"
}
