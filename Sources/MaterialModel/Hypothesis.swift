import Vocabulary

/// One thing that the item may be.
struct Hypothesis: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// A whole item of the type at this place of the catalogue.
        case listed(Int)
        /// A worn or damaged item of that type: tagged and reusable, but of another mass.
        case worn(Int)
        /// Packaging of a material that the catalogue does not list.
        case unlisted
        /// Something unlike everything: no packaging, or of an unknown material.
        case foreign
    }
    let kind: Kind
    /// `unknown` for `foreign`.
    let material: Material
    let prior: Double

    /// The place in the catalogue, nil if the hypothesis has none.
    var place: Int? {
        switch kind {
        case .listed(let place), .worn(let place): place
        case .unlisted, .foreign: nil
        }
    }

    /// All hypotheses, in a fixed order; their priors add up to 1.
    static func all(catalogue: Catalogue, options: FusionOptions) -> [Hypothesis] {
        // An empty catalogue leaves its share to the unlisted.
        let listed = catalogue.types.isEmpty ? 0 : LikelihoodModel.listedPrior
        let unlisted = LikelihoodModel.unlistedPrior + LikelihoodModel.listedPrior - listed
        var all: [Hypothesis] = []
        for (place, type) in catalogue.types.enumerated() {
            let prior = listed / Double(catalogue.types.count)
            let canBeWorn = type.isReusable && type.tagClass != nil && options.wornMassFactor > 1
            let worn = canBeWorn ? prior * LikelihoodModel.wornShare : 0
            all.append(Hypothesis(kind: .listed(place), material: type.material, prior: prior - worn))
            if canBeWorn { all.append(Hypothesis(kind: .worn(place), material: type.material, prior: worn)) }
        }
        for material in Material.allCases where material != .unknown {
            let prior = unlisted * LikelihoodModel.unlistedShare(of: material)
            all.append(Hypothesis(kind: .unlisted, material: material, prior: prior))
        }
        all.append(Hypothesis(kind: .foreign, material: .unknown, prior: LikelihoodModel.foreignPrior))
        return all
    }
}
