import Glibc
import SmallNumerics

extension ModelContent {
    /// So many significant digits are kept of what was learned: outputs change by less than 1e-5, and a last bit that
    /// another machine's exponential function rounds otherwise leaves no trace.
    static let digits = 7

    /// The same with short numbers.
    public var rounded: ModelContent {
        var content = self
        for index in classes.indices {
            content.classes[index].mean = roundedList(classes[index].mean)
            content.classes[index].spread = roundedList(classes[index].spread)
        }
        content.limits.leastStructure = roundedNumber(limits.leastStructure)
        content.limits.familiarShare = roundedNumber(limits.familiarShare)
        content.limits.foreignFamiliarShare = roundedNumber(limits.foreignFamiliarShare)
        content.limits.excludedBelow = roundedList(limits.excludedBelow)
        switch parameters {
        case .spectrometer(let parameters): content.parameters = .spectrometer(parameters.rounded)
        case .led8(let parameters): content.parameters = .led8(parameters.rounded)
        }
        return content
    }
}

extension SpectrometerParameters {
    fileprivate var rounded: SpectrometerParameters {
        var result = self
        let discriminant = predictor.discriminant
        result.predictor.discriminant = Discriminant(
            weights: discriminant.weights.rounded, biases: roundedList(discriminant.biases))
        result.predictor.novelty = predictor.novelty.rounded
        result.assumedFibre.values = roundedList(assumedFibre.values)
        result.assumedFibre.greatestMeasuredCorrelation = roundedNumber(assumedFibre.greatestMeasuredCorrelation)
        result.temperature = roundedNumber(temperature)
        result.leastNovelty = roundedNumber(leastNovelty)
        return result
    }
}

extension LEDParameters {
    fileprivate var rounded: LEDParameters {
        var result = self
        result.predictor.ofMean = predictor.ofMean.rounded
        result.predictor.ofPlacements = predictor.ofPlacements.rounded
        result.calibrations = calibrations.map { calibration in
            LEDCalibration(
                sharpening: roundedNumber(calibration.sharpening), smoothing: roundedNumber(calibration.smoothing),
                decidingProbability: roundedNumber(calibration.decidingProbability))
        }
        return result
    }
}

extension KernelScorer {
    fileprivate var rounded: KernelScorer {
        KernelScorer(
            whitening: LowerTriangle(size: whitening.size, values: roundedList(whitening.values)),
            gamma: roundedNumber(gamma), points: points.rounded, groups: groups, weights: weights.rounded)
    }
}

extension Matrix {
    fileprivate var rounded: Matrix { Matrix(rows: rows, columns: columns, values: roundedList(values)) }
}

private func roundedList(_ values: [Double]) -> [Double] { values.map(roundedNumber) }

/// Quotients of whole numbers and powers of ten are rounded once, so they print with these digits only.
private func roundedNumber(_ value: Double) -> Double {
    guard value != 0, value.isFinite else { return value }
    let power = ModelContent.digits - 1 - Int(floor(log10(abs(value))))
    let scale = (0..<min(abs(power), 22)).reduce(1.0) { scale, _ in scale * 10 }
    return power >= 0 ? (value * scale).rounded() / scale : (value / scale).rounded() * scale
}
