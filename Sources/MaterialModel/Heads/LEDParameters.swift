import Glibc
import SmallNumerics
import Vocabulary

/// From reflectance to features, for eight LEDs: logarithm, standard normal variate, and a little of the brightness and
/// of the contrast that it takes away.
public struct LEDPreprocessing: Codable, Hashable, Sendable {
    public var bandsNanometres: [Double]
    public var reflectanceFloor: Double
    /// Added to the variance that is divided by.
    public var varianceFloor: Double
    public var levelWeight: Double
    public var contrastWeight: Double

    public static let frozen = LEDPreprocessing(
        bandsNanometres: NIRHeadKind.led8.bandsNanometres, reflectanceFloor: 1e-3, varianceFloor: 1e-4,
        levelWeight: 0.1,
        contrastWeight: 0.3)

    /// Shape of each band, level, contrast.
    public var featureCount: Int { bandsNanometres.count + 2 }

    /// `reflectance` has one finite number per band.
    public func features(of reflectance: [Double]) -> PlacementFeatures {
        let curve = reflectance.map { log(max($0, reflectanceFloor)) }
        let shape = Standardised(curve, floor: varianceFloor)
        let scale = (shape.contrast * shape.contrast + varianceFloor).squareRoot()
        return PlacementFeatures(
            values: shape.values + [levelWeight * mean(curve), contrastWeight * log(scale)], contrast: shape.contrast,
            structure: shape.contrast, brightness: mean(reflectance))
    }
}

/// Two kernel regressions whose results are averaged: one on the mean of an item's placements, one on their set.
public struct LEDPredictor: Codable, Hashable, Sendable {
    public var ofMean: KernelScorer
    /// Without the contrast, the last of the features.
    public var ofPlacements: KernelScorer
    /// Scores are not taken for less before they are made to add up to 1.
    public var leastScore: Double

    public init(ofMean: KernelScorer, ofPlacements: KernelScorer, leastScore: Double) {
        (self.ofMean, self.ofPlacements, self.leastScore) = (ofMean, ofPlacements, leastScore)
    }

    public struct Scores: Hashable, Sendable {
        /// Of all placements together; they add up to 1.
        public var ofMean: [Double]
        public var ofPlacements: [Double]
        public var both: [Double] { zip(ofMean, ofPlacements).map { ($0 + $1) / 2 } }
    }

    /// `placements` holds the features of at least one placement.
    public func scores(of placements: [[Double]]) -> Scores {
        let combined = mean(ofVectors: placements)
        let whitened = placements.map { ofPlacements.whitening.times(Array($0.dropLast())) }
        let similarity = ofPlacements.selfSimilarity(ofWhitened: whitened)
        let sums = mean(ofVectors: whitened.map(ofPlacements.scores(ofWhitened:)))
        return Scores(
            ofMean: probabilities(ofMean.scores(of: combined)),
            ofPlacements: probabilities(sums.map { $0 / similarity }))
    }

    /// The regression's targets had the classes' share taken off.
    private func probabilities(_ scores: [Double]) -> [Double] {
        let clipped = scores.map { max($0 + 1 / Double(scores.count), leastScore) }
        let sum = clipped.reduce(0, +)
        return clipped.map { $0 / sum }
    }
}

/// What was learned for an 8-LED head, and the limits it is used with.
public struct LEDParameters: Codable, Hashable, Sendable {
    public var preprocessing: LEDPreprocessing
    public var predictor: LEDPredictor
    /// Of one placement, of two, and so on; the last also stands for more.
    public var calibrations: [LEDCalibration]

    public init(preprocessing: LEDPreprocessing, predictor: LEDPredictor, calibrations: [LEDCalibration]) {
        (self.preprocessing, self.predictor, self.calibrations) = (preprocessing, predictor, calibrations)
    }

    /// `placements` is at least 1.
    public func calibration(placements: Int) -> LEDCalibration {
        calibrations[min(placements, calibrations.count) - 1]
    }

    func complaint(classes: Int) -> String? {
        let features = preprocessing.featureCount
        let settings = preprocessing
        if !(settings.reflectanceFloor > 0 && settings.reflectanceFloor < 1 && settings.varianceFloor > 0) {
            return "preprocessing: the floors must be greater than 0"
        }
        if let complaint = predictor.ofMean.complaint(features: features, classes: classes) {
            return "ofMean: \(complaint)"
        }
        if let complaint = predictor.ofPlacements.complaint(features: features - 1, classes: classes) {
            return "ofPlacements: \(complaint)"
        }
        if !(predictor.leastScore > 0 && predictor.leastScore < 0.1) {
            return "leastScore is \(predictor.leastScore), must be between 0 and 0.1"
        }
        if !(1...ModelContent.placementLimit).contains(calibrations.count) {
            return "\(calibrations.count) calibrations, 1 to \(ModelContent.placementLimit) allowed"
        }
        return calibrations.lazy.compactMap(\.complaint).first
    }

    var numbers: [Double] { predictor.ofMean.numbers + predictor.ofPlacements.numbers }
}

/// What makes a number of placements' scores mean what they say, and from where on they decide.
public struct LEDCalibration: Codable, Hashable, Sendable {
    /// Scores are taken to this power and made to add up to 1 again.
    public var sharpening: Double
    /// So much of the probability is spread over all classes: nothing is surer than its evaluation can show.
    public var smoothing: Double
    /// From this probability on the spectrum alone decides.
    public var decidingProbability: Double

    public init(sharpening: Double, smoothing: Double, decidingProbability: Double) {
        (self.sharpening, self.smoothing) = (sharpening, smoothing)
        self.decidingProbability = decidingProbability
    }

    /// (1 - smoothing) sharpened(scores) + smoothing / classes. `scores` add up to 1.
    public func probabilities(_ scores: [Double]) -> [Double] {
        sharpened(scores, by: sharpening).map { (1 - smoothing) * $0 + smoothing / Double(scores.count) }
    }

    var complaint: String? {
        if !(sharpening > 0 && sharpening <= 10) { return "sharpening is \(sharpening), must be between 0 and 10" }
        if !(smoothing > 0 && smoothing < 0.5) { return "smoothing is \(smoothing), must be between 0 and 0.5" }
        if !(decidingProbability > 0 && decidingProbability <= 1) {
            return "decidingProbability is \(decidingProbability), must be between 0 and 1"
        }
        return nil
    }
}

/// Each to the power, made to add up to 1 again.
public func sharpened(_ probabilities: [Double], by exponent: Double) -> [Double] {
    let powers = probabilities.map { pow($0, exponent) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
}
