import Glibc
import SmallNumerics

/// From reflectance to features, for a spectrometer: logarithm, mean of neighbouring channels, second derivative
/// (Savitzky-Golay), standard normal variate.
public struct SpectrometerPreprocessing: Codable, Hashable, Sendable {
    /// Channels that the training data was measured on, ascending.
    public var channelsNanometres: [Double]
    /// So many neighbouring channels are averaged; what is left over at the end is dropped.
    public var binChannels: Int
    public var derivativeWindow: Int
    public var derivativeOrder: Int
    public var derivative: Int
    /// Reflectance is not taken for less, so that it has a logarithm.
    public var reflectanceFloor: Double

    /// The configuration that was chosen and frozen: see docs/classification.md.
    public static func frozen(channelsNanometres: [Double]) -> SpectrometerPreprocessing {
        SpectrometerPreprocessing(
            channelsNanometres: channelsNanometres, binChannels: 3, derivativeWindow: 5, derivativeOrder: 2,
            derivative: 2, reflectanceFloor: 1e-4)
    }

    public var binCount: Int { channelsNanometres.count / binChannels }
    public var featureCount: Int { binCount - derivativeWindow + 1 }

    /// Where the features lie: the middle of each derivative's window.
    public var featuresNanometres: [Double] {
        let half = derivativeWindow / 2
        return Array(binsNanometres.dropFirst(half).dropLast(half))
    }

    var binsNanometres: [Double] {
        (0..<binCount).map { mean(Array(channelsNanometres[$0 * binChannels..<($0 + 1) * binChannels])) }
    }

    var complaint: String? {
        if !(1...16).contains(binChannels) { return "binChannels is \(binChannels), must be from 1 to 16" }
        if featureCount < 2 { return "\(channelsNanometres.count) channels are too few" }
        if zip(channelsNanometres, channelsNanometres.dropFirst()).contains(where: { !($0 < $1) }) {
            return "channelsNanometres must ascend"
        }
        if !(reflectanceFloor > 0 && reflectanceFloor < 1) { return "reflectanceFloor must be between 0 and 1" }
        guard prepared != nil else { return "there is no such derivative" }
        return nil
    }

    /// Nil if the window, order and derivative do not go together.
    public var prepared: PreparedSpectrometer? {
        guard
            let weights = SavitzkyGolay.coefficients(
                window: derivativeWindow, order: derivativeOrder, derivative: derivative), featureCount >= 2
        else { return nil }
        let bins = binsNanometres
        let middle = mean(bins)
        return PreparedSpectrometer(settings: self, derivativeWeights: weights, binPlaces: bins.map { $0 - middle })
    }
}

/// The same with its derivative's weights at hand.
public struct PreparedSpectrometer: Hashable, Sendable {
    public let settings: SpectrometerPreprocessing
    let derivativeWeights: [Double]
    /// Wavelengths of the bins, from their middle.
    let binPlaces: [Double]
    /// Added to the variance, which is never that small in a measurement.
    static let varianceFloor = 1e-30

    /// `reflectance` has one finite number per channel.
    public func features(of reflectance: [Double]) -> PlacementFeatures {
        let (bins, width) = (settings.binCount, settings.binChannels)
        var plain = [Double](repeating: 0, count: bins)
        var curve = plain
        for bin in 0..<bins {
            for channel in bin * width..<(bin + 1) * width {
                plain[bin] += reflectance[channel]
                curve[bin] += log(max(reflectance[channel], settings.reflectanceFloor))
            }
            plain[bin] /= Double(width)
            curve[bin] /= Double(width)
        }
        let shape = Standardised(derivative(of: curve), floor: Self.varianceFloor)
        return PlacementFeatures(
            values: shape.values, contrast: shape.contrast, structure: structure(ofBins: plain), brightness: mean(plain)
        )
    }

    private func derivative(of curve: [Double]) -> [Double] {
        (0..<settings.featureCount).map { start in
            var sum = 0.0
            for index in derivativeWeights.indices { sum += derivativeWeights[index] * curve[start + index] }
            return sum
        }
    }

    /// Root mean square distance from the straight line of least squares, relative to the mean.
    private func structure(ofBins bins: [Double]) -> Double {
        let centre = mean(bins)
        let slope = dot(bins, binPlaces) / dot(binPlaces, binPlaces)
        var rest = 0.0
        for index in bins.indices {
            let deviation = bins[index] - centre - slope * binPlaces[index]
            rest += deviation * deviation
        }
        return centre > 0 ? (rest / Double(bins.count)).squareRoot() / centre : 0
    }

    /// All steps between logarithm and the division by the contrast as one matrix M, times its transpose: the
    /// covariance of the features, times the squared contrast, for independent unit errors of the logarithms.
    public var errorCovariance: Matrix {
        let channels = settings.channelsNanometres.count
        var steps = Matrix(rows: settings.featureCount, columns: channels)
        for feature in 0..<settings.featureCount {
            for index in derivativeWeights.indices {
                for channel in 0..<settings.binChannels {
                    steps[feature, (feature + index) * settings.binChannels + channel] +=
                        derivativeWeights[index] / Double(settings.binChannels)
                }
            }
        }
        for channel in 0..<channels {
            let centre = (0..<steps.rows).reduce(0) { $0 + steps[$1, channel] } / Double(steps.rows)
            for feature in 0..<steps.rows { steps[feature, channel] -= centre }
        }
        return steps.timesOwnTranspose()
    }
}
