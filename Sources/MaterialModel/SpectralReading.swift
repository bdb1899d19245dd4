/// What the model makes of one item's spectra.
public enum SpectralReading: Hashable, Sendable {
    /// The bands are not the model's: as if there were no spectrum.
    case mismatched
    /// Too dark, clipped, without a scale or without a shape: there is no signal to judge.
    case unreadable
    /// Placements of the item were read as different classes.
    case contradictory
    /// A straight line: none of the bands that polymers and fibre have. Glass and metal look like that.
    case flat
    /// There is a signal, but unlike everything the model knows.
    case strange
    /// Unlike every class, but like the assumed curve of fibre, which was never measured.
    case resemblingFibre
    /// Like at least one class. The probabilities are those of `SpectralModel.materials`, in that order, at equal
    /// priors; they add up to 1. A class with less than `excludedBelow` is excluded by so many placements.
    case familiar([Double], excludedBelow: Double)
}

extension SpectralReading {
    /// The case's name.
    public var word: String {
        switch self {
        case .mismatched: "mismatched"
        case .unreadable: "unreadable"
        case .contradictory: "contradictory"
        case .flat: "flat"
        case .strange: "strange"
        case .resemblingFibre: "resemblingFibre"
        case .familiar: "familiar"
        }
    }
}

/// A reading with all that it rests on.
public struct SpectralJudgement: Hashable, Sendable {
    public var reading: SpectralReading
    /// Calibrated, in the order of the model's classes, whatever the reading; empty if nothing could be read.
    public var probabilities: [Double]
    /// About 1 near the measured items of the likeliest class, about 0 far from them; nil for a model that has no test
    /// of novelty.
    public var novelty: Double?
    /// Mean over the placements; 0 if nothing could be read.
    public var contrast: Double
    /// Mean over the placements of the numbers that classes are told by; empty if nothing could be read.
    public var features: [Double]
    /// The spectrum alone is enough to name the class with the accuracy that the model's threshold stands for.
    public var isDecided: Bool

    static func without(_ reading: SpectralReading, contrast: Double = 0) -> SpectralJudgement {
        SpectralJudgement(
            reading: reading, probabilities: [], novelty: nil, contrast: contrast, features: [], isDecided: false)
    }
}
