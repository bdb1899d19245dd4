import Vocabulary

/// The figures of the likelihood model. Those marked [M] come from the spectral model's evaluation, the others are
/// judgements: there were no weights, tags, metal, glass or fibre in any data to learn them from.
enum LikelihoodModel {
    // Priors. An item is one of the catalogue's with one half; the rest is split over the materials.
    static let listedPrior = 0.5
    static let unlistedPrior = 0.45
    static let foreignPrior = 0.05
    /// Of the prior of a tagged, reusable type: this share of its items is worn.
    static let wornShare = 0.1

    /// Shares of materials among packaging that the catalogue does not list; they add up to 1.
    static func unlistedShare(of material: Material) -> Double {
        switch material {
        case .pet, .pp: 0.21
        case .hdpe: 0.15
        case .fibre: 0.13
        case .ps: 0.12
        case .glass: 0.06
        case .aluminium, .ldpe: 0.04
        case .steel: 0.02
        case .pvc, .pla: 0.005
        case .other: 0.01
        case .unknown: 0
        }
    }

    // Tag: read on an item that carries one; missing on an item that should carry one; not the item's own.
    static let ownTagRead = 0.95
    static let tagNotRead = 0.05
    static let untaggedSilent = 0.9
    /// A loose tag, a tag of another item: spread evenly over the tagged types.
    static let strayTag = 0.1

    // Mass: within the tolerance (or the worn band) of the type, spread evenly over it.
    static let massWithin = 0.98
    /// Outside it, as a share of what an unlisted item would have there.
    static let massOutside = 0.02
    /// Unlisted packaging weighs anything from 1 g to 2 kg, evenly over the logarithm: ln 2000.
    static let unlistedMassRange = 7.6

    // Inductive sensor.
    static let metalSeen = 0.98
    static let metalImagined = 0.002
    /// Composites with foil, things with screws.
    static let metalInOther = 0.2

    /// How often things read as what by the spectral model; each row adds up to 1.
    struct ReadingShares: Hashable, Sendable {
        var familiar: Double
        var strange: Double
        var resemblingFibre: Double
        var flat: Double

        /// By a model without a test of novelty: what would be strange or like fibre is taken for one of the classes.
        var withoutNoveltyTest: ReadingShares {
            ReadingShares(familiar: 1 - flat, strange: strange, resemblingFibre: resemblingFibre, flat: flat)
        }
    }
    /// Of the model's own materials: the share that passes its test of novelty stands in its file [M]; no measured scan
    /// was flat or looked like fibre [M].
    static func modelled(familiar: Double) -> ReadingShares {
        ReadingShares(
            familiar: familiar, strange: (1 - familiar) * 0.8, resemblingFibre: (1 - familiar) * 0.06,
            flat: (1 - familiar) * 0.14)
    }
    /// Polymers that the model has no class for: 4 of 12 objects read as familiar with the spectrometer [M], and they
    /// are never more easily told than foreign things.
    static func unmodelledPlastic(foreignFamiliar: Double) -> ReadingShares {
        let familiar = max(0.3, foreignFamiliar)
        return ReadingShares(
            familiar: familiar, strange: (1 - familiar) * 0.98, resemblingFibre: (1 - familiar) * 0.01,
            flat: (1 - familiar) * 0.01)
    }
    static let fibre = ReadingShares(familiar: 0.02, strange: 0.15, resemblingFibre: 0.8, flat: 0.03)
    static let bandless = ReadingShares(familiar: 0.02, strange: 0.36, resemblingFibre: 0.02, flat: 0.6)
    /// The share that reads as familiar stands in the model's file [M].
    static func foreign(familiar: Double) -> ReadingShares {
        ReadingShares(
            familiar: familiar, strange: (1 - familiar) * 0.83, resemblingFibre: (1 - familiar) * 0.06,
            flat: (1 - familiar) * 0.11)
    }

    /// However sure the spectral model is: one item in a thousand is not what its spectrum says.
    static let leastProbability = 0.001
    /// From this probability of a class on, a spectrum that passed a test of novelty excludes fibre, glass and metal.
    /// Which classes it excludes follows from the model's file.
    static let excludingProbability = 0.9

    /// Of the materials that add up, the leading type must have this share to be named.
    static let namingShare = 0.6
}
