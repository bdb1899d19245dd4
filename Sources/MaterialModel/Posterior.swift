import Vocabulary

/// What the evidence makes of the hypotheses.
struct Posterior: Sendable {
    /// In the order of the hypotheses; they add up to 1.
    let probabilities: [Double]
    /// The same, added up by material; `unknown` stands for foreign things.
    let materials: [Material: Double]

    init(_ hypotheses: [Hypothesis], weights: [Double]) {
        let products = zip(hypotheses, weights).map { $0.prior * $1 }
        // Priors and likelihoods are positive and few, so the sum is neither 0 nor infinite.
        let sum = products.reduce(0, +)
        let probabilities = products.map { $0 / sum }
        self.probabilities = probabilities
        var materials: [Material: Double] = [:]
        for (hypothesis, probability) in zip(hypotheses, probabilities) {
            materials[hypothesis.material, default: 0] += probability
        }
        self.materials = materials
    }

    /// Most likely first; equals in the order of `Material.allCases`.
    var ranking: [(material: Material, probability: Double)] {
        Material.allCases.enumerated()
            .compactMap { place, material in materials[material].map { (place, material, $0) } }
            .sorted { $0.2 != $1.2 ? $0.2 > $1.2 : $0.0 < $1.0 }
            .map { (material: $0.1, probability: $0.2) }
    }

    var confidence: Double { materials.values.max() ?? 0 }

    /// The place of the most likely hypothesis of the most likely material.
    func leader(among hypotheses: [Hypothesis]) -> Int {
        let material = ranking.first?.material
        var leader: Int?
        for place in probabilities.indices where hypotheses[place].material == material {
            if leader.map({ probabilities[place] > probabilities[$0] }) ?? true { leader = place }
        }
        // The most likely material is that of some hypothesis, so one was found.
        return leader ?? 0
    }
}

func permille(_ probability: Double) -> Int {
    Int((probability * 1000).rounded())
}
