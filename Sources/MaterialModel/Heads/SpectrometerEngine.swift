import SmallNumerics

/// A spectrometer's parameters, ready for use.
struct SpectrometerEngine: Sendable {
    let parameters: SpectrometerParameters
    let prepared: PreparedSpectrometer
    /// From the station's bands to the channels that the training data was measured on.
    private let resampling: LinearResampling

    /// The outermost channels may lie this far outside the bands, in nanometres.
    static let slack = 0.5

    /// Nil if the bands do not cover the channels, or the preprocessing cannot be done.
    init?(_ parameters: SpectrometerParameters, bandsNanometres: [Double]) {
        guard let prepared = parameters.preprocessing.prepared,
            let resampling = LinearResampling(
                from: bandsNanometres, to: parameters.preprocessing.channelsNanometres, slack: Self.slack)
        else { return nil }
        (self.parameters, self.prepared, self.resampling) = (parameters, prepared, resampling)
    }

    func features(ofBands reflectance: [Double]) -> PlacementFeatures {
        prepared.features(of: resampling.apply(reflectance))
    }

    /// Of the features of at least one placement.
    func judge(_ placements: [[Double]], contrast: Double, excludedBelow: Double) -> SpectralJudgement {
        let combined = placements.count == 1 ? placements[0] : mean(ofVectors: placements)
        let scores = parameters.predictor.scores(of: combined)
        let probabilities = calibrated(
            scores.logProbabilities, temperature: parameters.temperature, smoothing: parameters.smoothing)
        let reading: SpectralReading =
            if disagree(placements) {
                .contradictory
            } else if scores.novelty >= parameters.leastNovelty {
                .familiar(probabilities, excludedBelow: excludedBelow)
            } else {
                refused(combined, contrast: contrast)
            }
        let isDecided =
            switch reading {
            case .familiar: true
            case .contradictory, .resemblingFibre, .unreadable, .strange, .mismatched, .flat: false
            }
        return SpectralJudgement(
            reading: reading, probabilities: probabilities, novelty: scores.novelty, contrast: contrast,
            features: combined, isDecided: isDecided)
    }

    /// True if placements that are familiar by themselves are of different classes: an item of two parts.
    private func disagree(_ placements: [[Double]]) -> Bool {
        guard placements.count > 1 else { return false }
        var named: Int?
        for placement in placements {
            let scores = parameters.predictor.scores(of: placement)
            guard scores.novelty >= parameters.leastNovelty else { continue }
            if let named, named != scores.place { return true }
            named = scores.place
        }
        return false
    }

    private func refused(_ features: [Double], contrast: Double) -> SpectralReading {
        // Both are standardised, so the mean product is the correlation; a mean of placements has less than variance 1.
        let norm = dot(features, features).squareRoot() * Double(features.count).squareRoot()
        let correlation = norm > 0 ? dot(parameters.assumedFibre.values, features) / norm : 0
        if correlation >= parameters.assumedFibre.leastCorrelation { return .resemblingFibre }
        return contrast < parameters.leastContrast ? .unreadable : .strange
    }
}

extension LEDParameters {
    /// Of the features of at least one placement.
    ///
    /// Placements that disagree are no contradiction here: a placement changes what eight LEDs see so much that items
    /// of one material are read as two (docs/classification.md has how many).
    func judge(_ placements: [[Double]], contrast: Double, excludedBelow: Double) -> SpectralJudgement {
        let calibration = calibration(placements: placements.count)
        let probabilities = calibration.probabilities(predictor.scores(of: placements).both)
        return SpectralJudgement(
            reading: .familiar(probabilities, excludedBelow: excludedBelow), probabilities: probabilities, novelty: nil,
            contrast: contrast,
            features: mean(ofVectors: placements),
            isDecided: (probabilities.max() ?? 0) >= calibration.decidingProbability)
    }
}
