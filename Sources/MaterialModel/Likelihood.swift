import Vocabulary

/// How well one piece of evidence goes with one hypothesis.
struct Likelihood: Hashable, Sendable {
    /// Greater than 0 and finite; comparable between hypotheses, not between pieces of evidence.
    var value: Double
    /// False if the hypothesis can be true only if this sensor erred.
    var fits: Bool

    /// A missing or failed piece: every hypothesis goes with it alike.
    static let silent = Likelihood(value: 1, fits: true)
}

/// The four pieces of evidence that tell hypotheses apart, each independent of the others given the hypothesis.
struct Likelihoods: Sendable {
    static let pieceCount = 4

    var tag: Likelihood
    var mass: Likelihood
    var metal: Likelihood
    var spectrum: Likelihood

    var fit: Bool { tag.fits && mass.fits && metal.fits && spectrum.fits }
    var product: Double { tag.value * mass.value * metal.value * spectrum.value }

    /// Of some pieces only: bit 0 of `selection` stands for the tag, 1 for mass, 2 for metal, 3 for the spectrum.
    func product(of selection: Int) -> Double {
        (selection & 1 == 0 ? 1 : tag.value) * (selection & 2 == 0 ? 1 : mass.value)
            * (selection & 4 == 0 ? 1 : metal.value) * (selection & 8 == 0 ? 1 : spectrum.value)
    }
}

/// The likelihood model of `docs/classification.md`.
struct EvidenceModel: Sendable {
    let catalogue: Catalogue
    let options: FusionOptions
    let spectralMaterials: [Material]
    /// Of the spectral model: what share of its own materials, and of foreign things, passes its test of novelty.
    let familiarShare: Double
    let foreignFamiliarShare: Double
    /// False for a model that takes everything for one of its classes.
    let testsNovelty: Bool

    private var taggedTypes: Double {
        Double(max(catalogue.types.count(where: { $0.tagClass != nil }), 1))
    }

    func likelihoods(of findings: Findings, under hypothesis: Hypothesis) -> Likelihoods {
        Likelihoods(
            tag: tag(findings.tag, under: hypothesis),
            mass: findings.massMilligrams.map { mass($0, under: hypothesis) } ?? .silent,
            metal: findings.metal.map { metal($0, under: hypothesis.material) } ?? .silent,
            spectrum: spectrum(findings.spectrum, under: hypothesis.material))
    }

    private func tag(_ tag: Findings.TagFinding, under hypothesis: Hypothesis) -> Likelihood {
        switch tag {
        case .unheard, .ofNoType:
            return .silent
        case .noTag:
            let carriesTag = hypothesis.place.map { catalogue.types[$0].tagClass != nil } ?? false
            let value = carriesTag ? LikelihoodModel.tagNotRead : LikelihoodModel.untaggedSilent
            return Likelihood(value: value, fits: true)
        case .ofType(let place):
            guard hypothesis.place == place else {
                return Likelihood(value: LikelihoodModel.strayTag / taggedTypes, fits: false)
            }
            return Likelihood(value: LikelihoodModel.ownTagRead, fits: true)
        }
    }

    private func mass(_ milligrams: Int64, under hypothesis: Hypothesis) -> Likelihood {
        let measured = Double(milligrams)
        let anything = 1 / (measured * LikelihoodModel.unlistedMassRange)
        let place: Int
        switch hypothesis.kind {
        case .unlisted, .foreign: return Likelihood(value: anything, fits: true)
        case .listed(let listed), .worn(let listed): place = listed
        }
        let type = catalogue.types[place]
        let deviation = abs(measured - Double(type.massMilligrams))
        // A tolerance of 0 still has the width of one milligram, so that its density stays finite.
        let tolerance = max(Double(type.massToleranceMilligrams), 0.5)
        let outer = tolerance * options.wornMassFactor
        let band: (isInside: Bool, width: Double) =
            switch hypothesis.kind {
            case .worn: (deviation > tolerance && deviation <= outer, 2 * (outer - tolerance))
            case .listed, .unlisted, .foreign: (deviation <= tolerance, 2 * tolerance)
            }
        guard band.isInside else { return Likelihood(value: anything * LikelihoodModel.massOutside, fits: false) }
        return Likelihood(value: LikelihoodModel.massWithin / band.width, fits: true)
    }

    private func metal(_ isActive: Bool, under material: Material) -> Likelihood {
        let seen: Double
        let canBeMetal: Bool
        let canBeWithout: Bool
        switch material {
        case .aluminium, .steel: (seen, canBeMetal, canBeWithout) = (LikelihoodModel.metalSeen, true, false)
        case .other, .unknown: (seen, canBeMetal, canBeWithout) = (LikelihoodModel.metalInOther, true, true)
        case .pet, .hdpe, .ldpe, .pp, .ps, .pvc, .pla, .fibre, .glass:
            (seen, canBeMetal, canBeWithout) = (LikelihoodModel.metalImagined, false, true)
        }
        return isActive ? Likelihood(value: seen, fits: canBeMetal) : Likelihood(value: 1 - seen, fits: canBeWithout)
    }

    private func spectrum(_ reading: SpectralReading, under material: Material) -> Likelihood {
        let shares = readingShares(of: material)
        return switch reading {
        // Placements of two materials say nothing about one; the classifier makes a contradiction of it.
        case .mismatched, .unreadable, .contradictory: .silent
        // Every material has unusual items (a label, a print), so these make others less likely and exclude none.
        case .strange: Likelihood(value: shares.strange, fits: true)
        case .flat: Likelihood(value: shares.flat, fits: true)
        case .resemblingFibre: Likelihood(value: shares.resemblingFibre, fits: true)
        case .familiar(let probabilities, let excludedBelow):
            familiar(probabilities, excludedBelow: excludedBelow, shares, under: material)
        }
    }

    private func readingShares(of material: Material) -> LikelihoodModel.ReadingShares {
        let shares = testedShares(of: material)
        return testsNovelty ? shares : shares.withoutNoveltyTest
    }

    private func testedShares(of material: Material) -> LikelihoodModel.ReadingShares {
        if spectralMaterials.contains(material) { return LikelihoodModel.modelled(familiar: familiarShare) }
        return switch material {
        case .pet, .hdpe, .ldpe, .pp, .ps, .pvc, .pla:
            LikelihoodModel.unmodelledPlastic(foreignFamiliar: foreignFamiliarShare)
        case .fibre: LikelihoodModel.fibre
        case .glass, .aluminium, .steel: LikelihoodModel.bandless
        case .other, .unknown: LikelihoodModel.foreign(familiar: foreignFamiliarShare)
        }
    }

    private func familiar(
        _ probabilities: [Double], excludedBelow: Double, _ shares: LikelihoodModel.ReadingShares,
        under material: Material
    ) -> Likelihood {
        if let index = spectralMaterials.firstIndex(of: material) {
            // At equal priors the probability times the number of classes is the likelihood relative to the mean.
            let probability = max(probabilities[index], LikelihoodModel.leastProbability)
            let value = shares.familiar * probability * Double(spectralMaterials.count)
            return Likelihood(value: value, fits: probabilities[index] >= excludedBelow)
        }
        return switch material {
        // Unmodelled polymers and foreign things resemble a class now and then.
        case .pet, .hdpe, .ldpe, .pp, .ps, .pvc, .pla, .other, .unknown: Likelihood(value: shares.familiar, fits: true)
        // Where a test of novelty was passed, they are excluded by a clear name; without one everything gets a name.
        case .fibre, .glass, .aluminium, .steel:
            Likelihood(
                value: shares.familiar,
                fits: !testsNovelty || (probabilities.max() ?? 0) < LikelihoodModel.excludingProbability)
        }
    }
}
