import Glibc
import MaterialModel

/// On another board a model is surer than it is right, and its thresholds were chosen on its own. So what it says is
/// taken to a power of at most 1, chosen by the left-out known items: it decides less, and errs less.
enum Softening {
    static let factors = (4...20).map { Double($0) / 20 }
    /// A handful of items shows little, so other powers than 1 have to be worth it: this times ln² of the power stands
    /// against the sum of the items' log losses. Half and twice of it change hardly anything.
    static let caution = 2.0

    struct Judged: Sendable {
        /// Of the model's classes; they add up to 1.
        var probabilities: [Double]
        /// What is right.
        var place: Int
    }

    /// The power that the items are most likely with; 1 without items.
    static func factor(_ judged: [Judged]) -> Double {
        var best = (cost: Double.infinity, factor: 1.0)
        for factor in factors {
            let loss = judged.reduce(0.0) {
                $0 - log(max(sharpened($1.probabilities, by: factor)[$1.place], 1e-300))
            }
            let cost = loss + caution * log(factor) * log(factor)
            if cost <= best.cost { best = (cost, factor) }
        }
        return best.factor
    }
}

extension SpectralModel {
    /// The same with its probabilities taken to a power; only of the 8-LED head, because the spectrometer's errs on no
    /// session.
    func softened(by factor: Double) -> SpectralModel {
        switch content.parameters {
        case .spectrometer: return self
        case .led8(var parameters):
            var content = content
            for place in parameters.calibrations.indices { parameters.calibrations[place].sharpening *= factor }
            content.parameters = .led8(parameters)
            // Bands and channels are those of this model, which fit.
            return SpectralModel(content.rounded, hash: "") ?? self
        }
    }
}
