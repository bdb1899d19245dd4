import Glibc
import SmallNumerics

/// What was learned for a spectrometer, and the limits it is used with.
public struct SpectrometerParameters: Codable, Hashable, Sendable {
    /// A curve that was never measured, of a material whose bands are known in principle.
    public struct AssumedCurve: Codable, Hashable, Sendable {
        public var origin: String
        /// From this correlation on, -1 to 1, a spectrum that is like no class resembles it.
        public var leastCorrelation: Double
        /// The greatest correlation of any measured scan with it.
        public var greatestMeasuredCorrelation: Double
        /// Features of the curve: mean 0, variance 1.
        public var values: [Double]

        public init(
            origin: String, leastCorrelation: Double, greatestMeasuredCorrelation: Double, values: [Double]
        ) {
            (self.origin, self.values) = (origin, values)
            (self.leastCorrelation, self.greatestMeasuredCorrelation) = (leastCorrelation, greatestMeasuredCorrelation)
        }
    }

    public var preprocessing: SpectrometerPreprocessing
    public var predictor: SpectrometerPredictor
    /// The discriminant's logarithms are divided by this, at least 1.
    public var temperature: Double
    /// So much of the probability is spread over all classes: nothing is surer than its evaluation can show.
    public var smoothing: Double
    /// A novelty score below this is refused.
    public var leastNovelty: Double
    /// What is refused and has less contrast than this is unreadable rather than foreign.
    public var leastContrast: Double
    public var assumedFibre: AssumedCurve

    public init(
        preprocessing: SpectrometerPreprocessing, predictor: SpectrometerPredictor, temperature: Double,
        smoothing: Double, leastNovelty: Double, leastContrast: Double, assumedFibre: AssumedCurve
    ) {
        (self.preprocessing, self.predictor) = (preprocessing, predictor)
        (self.temperature, self.smoothing) = (temperature, smoothing)
        (self.leastNovelty, self.leastContrast, self.assumedFibre) = (leastNovelty, leastContrast, assumedFibre)
    }

    func complaint(classes: Int) -> String? {
        if let complaint = preprocessing.complaint { return "preprocessing: \(complaint)" }
        let features = preprocessing.featureCount
        let weights = predictor.discriminant.weights
        if weights.rows != classes || weights.columns != features || predictor.discriminant.biases.count != classes {
            return "the discriminant is not one of \(classes) classes and \(features) features"
        }
        if let complaint = predictor.novelty.complaint(features: features, classes: classes) {
            return "novelty: \(complaint)"
        }
        if assumedFibre.values.count != features {
            return "assumedFibre has \(assumedFibre.values.count) numbers instead of \(features)"
        }
        let least = assumedFibre.leastCorrelation
        if !(least > assumedFibre.greatestMeasuredCorrelation && least <= 1) {
            return "assumedFibre.leastCorrelation is \(least), must be greater than that of the measured scans and at "
                + "most 1"
        }
        if !(temperature >= 1) { return "temperature is \(temperature), must be at least 1" }
        if !(smoothing > 0 && smoothing < 0.5) { return "smoothing is \(smoothing), must be between 0 and 0.5" }
        if !(leastContrast >= 0) { return "leastContrast is \(leastContrast), must not be below 0" }
        return nil
    }

    var numbers: [Double] {
        predictor.discriminant.weights.values + predictor.discriminant.biases + predictor.novelty.numbers
            + assumedFibre.values + [temperature, leastNovelty, leastContrast]
    }
}

/// The two parts that look at the features: a discriminant that names the class, a kernel that says whether anything
/// like that was ever measured.
public struct SpectrometerPredictor: Codable, Hashable, Sendable {
    public var discriminant: Discriminant
    public var novelty: KernelScorer

    public init(discriminant: Discriminant, novelty: KernelScorer) {
        (self.discriminant, self.novelty) = (discriminant, novelty)
    }

    public struct Scores: Hashable, Sendable {
        public var logProbabilities: [Double]
        /// About 1 near items of the named class, about 0 far from them.
        public var novelty: Double
        /// The place of the class that the discriminant names.
        public var place: Int
    }

    public func scores(of features: [Double]) -> Scores {
        let logs = discriminant.logProbabilities(of: features)
        let place = placeOfGreatest(logs)
        return Scores(logProbabilities: logs, novelty: novelty.scores(of: features)[place], place: place)
    }
}

/// (1 - smoothing) softmax(logs / temperature) + smoothing / classes.
public func calibrated(_ logs: [Double], temperature: Double, smoothing: Double) -> [Double] {
    logSoftmax(logs.map { $0 / temperature }).map {
        (1 - smoothing) * exp($0) + smoothing / Double(logs.count)
    }
}
