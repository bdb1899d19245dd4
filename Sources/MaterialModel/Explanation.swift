import Vocabulary

/// Why a spectrum was read as it was, for a technician: beside the class it was nearest to, and the runner-up.
public struct SpectralExplanation: Hashable, Sendable {
    public struct Nearest: Hashable, Sendable {
        public var material: Material
        public var probability: Double
        /// Mean over the features of how many of the class's standard deviations the spectrum lies off its mean.
        public var meanDeviation: Double
    }

    public struct Feature: Hashable, Sendable {
        public var nanometres: Double
        public var value: Double
        /// Of the likeliest class.
        public var classMean: Double
        public var classSpread: Double
        /// Of the class that comes second.
        public var runnerUpMean: Double
        public var runnerUpSpread: Double
    }

    public var judgement: SpectralJudgement
    /// Below this the spectrum is refused; nil for a model that has no test of novelty.
    public var leastNovelty: Double?
    public var leastContrast: Double?
    /// All classes, likeliest first; empty if nothing could be read.
    public var ranking: [Nearest]
    /// Along the spectrum; empty if nothing could be read.
    public var features: [Feature]
}

extension SpectralModel {
    /// Where the features lie that have a place in the spectrum; others (brightness, contrast) follow them.
    public var featuresNanometres: [Double] {
        switch content.parameters {
        case .spectrometer(let parameters): parameters.preprocessing.featuresNanometres
        case .led8(let parameters): parameters.preprocessing.bandsNanometres
        }
    }

    public func explain(_ placements: [Spectrum]) -> SpectralExplanation { explain(judge(placements)) }

    public func explain(_ judgement: SpectralJudgement) -> SpectralExplanation {
        let ranked = judgement.probabilities.indices.sorted {
            judgement.probabilities[$0] != judgement.probabilities[$1]
                ? judgement.probabilities[$0] > judgement.probabilities[$1] : $0 < $1
        }
        let features = ranked.first.map { best in
            let (likeliest, runnerUp) = (content.classes[best], content.classes[ranked[min(1, ranked.count - 1)]])
            return featuresNanometres.enumerated().map { index, nanometres in
                SpectralExplanation.Feature(
                    nanometres: nanometres, value: judgement.features[index], classMean: likeliest.mean[index],
                    classSpread: likeliest.spread[index], runnerUpMean: runnerUp.mean[index],
                    runnerUpSpread: runnerUp.spread[index])
            }
        }
        let limits: (novelty: Double?, contrast: Double?) =
            switch content.parameters {
            case .spectrometer(let parameters): (parameters.leastNovelty, parameters.leastContrast)
            case .led8: (nil, nil)
            }
        return SpectralExplanation(
            judgement: judgement, leastNovelty: limits.novelty, leastContrast: limits.contrast,
            ranking: ranked.map { nearest($0, judgement) }, features: features ?? [])
    }

    private func nearest(_ place: Int, _ judgement: SpectralJudgement) -> SpectralExplanation.Nearest {
        let entry = content.classes[place]
        let deviations = judgement.features.indices.map { index in
            abs(judgement.features[index] - entry.mean[index]) / max(entry.spread[index], 1e-6)
        }
        return SpectralExplanation.Nearest(
            material: entry.material, probability: judgement.probabilities[place],
            meanDeviation: deviations.reduce(0, +) / Double(max(deviations.count, 1)))
    }
}
