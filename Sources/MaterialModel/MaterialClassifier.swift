import Vocabulary

/// Recognises an item from its evidence: every piece is weighed under each hypothesis of what the item may be, and the
/// products give the probability of each material. The rules are in `docs/classification.md`.
///
/// Pure and deterministic: the same evidence gives the same classification, whatever came before.
public struct MaterialClassifier: Classifier {
    public let model: SpectralModel
    public let catalogue: Catalogue
    public let options: FusionOptions
    private let hypotheses: [Hypothesis]
    /// Of each hypothesis' material among `Material.allCases`.
    private let materialPlaces: [Int]
    private let evidenceModel: EvidenceModel

    public init(model: SpectralModel, catalogue: Catalogue, options: FusionOptions = FusionOptions()) {
        self.model = model
        self.catalogue = catalogue
        self.options = options
        hypotheses = Hypothesis.all(catalogue: catalogue, options: options)
        materialPlaces = hypotheses.map { Material.allCases.firstIndex(of: $0.material) ?? 0 }
        evidenceModel = EvidenceModel(
            catalogue: catalogue, options: options, spectralMaterials: model.materials,
            familiarShare: model.content.limits.familiarShare,
            foreignFamiliarShare: model.content.limits.foreignFamiliarShare, testsNovelty: model.testsNovelty)
    }

    /// Never fails: evidence that says nothing gives `unknown` with a reason.
    public func classify(_ evidence: Evidence) -> Classification {
        let findings = Findings(evidence, model: model, catalogue: catalogue)
        let likelihoods = hypotheses.map { evidenceModel.likelihoods(of: findings, under: $0) }
        let posterior = Posterior(hypotheses, weights: likelihoods.map(\.product))
        let leader = posterior.leader(among: hypotheses)
        let contradicts = !likelihoods[leader].fit || findings.spectrum == .contradictory
        let confidence = contradicts ? leastConfidence(likelihoods) : posterior.confidence
        let candidates = posterior.ranking.prefix(Classification.candidateLimit).map { candidate in
            Classification.Candidate(
                material: candidate.material, probabilityPermille: permille(candidate.probability))
        }
        return Classification(
            result: contradicts
                ? .unknown(.contradiction) : result(findings, posterior, material: hypotheses[leader].material),
            confidencePermille: permille(confidence), candidates: candidates)
    }

    /// With evidence that excludes itself, no part of it can be trusted more than the part that says least: the lowest
    /// confidence that any selection of the pieces gives. So a contradiction never adds confidence.
    private func leastConfidence(_ likelihoods: [Likelihoods]) -> Double {
        (0..<1 << Likelihoods.pieceCount).reduce(1) { least, selection in
            var materials = [Double](repeating: 0, count: Material.allCases.count)
            for (place, hypothesis) in hypotheses.enumerated() {
                materials[materialPlaces[place]] += hypothesis.prior * likelihoods[place].product(of: selection)
            }
            return min(least, (materials.max() ?? 0) / materials.reduce(0, +))
        }
    }

    private func result(
        _ findings: Findings, _ posterior: Posterior, material: Material
    ) -> Classification.Result {
        guard findings.saySomething else {
            return .unknown(findings.spectrum == .unreadable ? .unreadable : .noEvidence)
        }
        let probability = posterior.materials[material] ?? 0
        guard material != .unknown else { return .unknown(.foreign) }
        guard permille(probability) >= options.decidingPermille else {
            return .unknown(undecidedReason(findings.spectrum))
        }
        let type = leadingType(of: material, probability: probability, posterior)
        return identify(findings, material: material, type: type)
    }

    private func undecidedReason(_ spectrum: SpectralReading) -> UnknownReason {
        switch spectrum {
        case .unreadable: .unreadable
        case .strange: .foreign
        case .familiar, .resemblingFibre, .flat, .mismatched, .contradictory: .lowConfidence
        }
    }

    /// The type that holds most of the material's probability, and whether it is taken for worn; nil if none stands
    /// out from the others and from packaging that is not listed.
    private func leadingType(
        of material: Material, probability: Double, _ posterior: Posterior
    ) -> (type: PackagingType, isWorn: Bool)? {
        var whole = [Double](repeating: 0, count: catalogue.types.count)
        var worn = whole
        for (hypothesis, probability) in zip(hypotheses, posterior.probabilities)
        where hypothesis.material == material {
            switch hypothesis.kind {
            case .listed(let place): whole[place] = probability
            case .worn(let place): worn[place] = probability
            case .unlisted, .foreign: break
            }
        }
        for (place, type) in catalogue.types.enumerated()
        where whole[place] + worn[place] >= LikelihoodModel.namingShare * probability {
            return (type, worn[place] > whole[place])
        }
        return nil
    }

    private func identify(
        _ findings: Findings, material: Material, type: (type: PackagingType, isWorn: Bool)?
    ) -> Classification.Result {
        let mass: Int64
        let source: MassSource
        switch (findings.massMilligrams, type) {
        case (let measured?, _): (mass, source) = (measured, .measured)
        case (nil, let type?): (mass, source) = (type.type.massMilligrams, .catalogue)
        // Without any mass there is nothing that could be booked.
        case (nil, nil): return .unknown(.noEvidence)
        }
        guard let stream = stream(findings, type) else { return .unknown(.noEvidence) }
        return .identified(
            Identification(
                packagingType: type?.type.id, material: material, stream: stream, massMilligrams: mass,
                massSource: source, tag: findings.tagRead))
    }

    /// Nil if it cannot be told whether the item may circulate again.
    private func stream(_ findings: Findings, _ type: (type: PackagingType, isWorn: Bool)?) -> Stream? {
        guard let type, type.type.isReusable, type.type.tagClass != nil, !type.isWorn else { return .recycling }
        return switch findings.tag {
        // The leader fits the evidence, so the tag is this type's own.
        case .ofType: .reuse
        // Without an identity of its own an item cannot circulate.
        case .noTag, .ofNoType: .recycling
        // A reader that is out of order must not turn good cups into scrap.
        case .unheard: nil
        }
    }
}
