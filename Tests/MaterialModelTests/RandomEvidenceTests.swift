import TestSupport
import Testing
import Vocabulary

@testable import MaterialModel

/// Properties of every verdict, tried on evidence that is drawn: sensible, odd and impossible pieces in any mixture.
struct RandomEvidenceTests {
    static let heads: [NIRHeadKind] = [.spectrometer, .led8]
    private let draws = 400

    private struct Source {
        let model: SpectralModel
        let classifier: MaterialClassifier
        private let usual: [Spectrum]
        private var random: SplitMix

        init(_ head: NIRHeadKind, seed: UInt64) throws {
            random = SplitMix(seed: seed)
            switch head {
            case .spectrometer:
                model = try shippedModel()
                let fixture = try PosteriorFixture.load()
                usual = fixture.cases.map { fixture.spectrum($0.raw) }
            case .led8:
                let leds = try shippedLEDModel()
                model = leds
                usual =
                    try leds.materials.map { try typicalLED($0, leds) } + [
                        ledSpectrum([Double](repeating: 0.5, count: 8)),
                        ledSpectrum([Double](repeating: 0.01, count: 8)),
                    ]
            }
            classifier = MaterialClassifier(model: model, catalogue: sampleCatalogue)
        }

        mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        mutating func pick<One>(_ all: [One]) -> One { all[below(all.count)] }

        /// Usual ones, disturbed by up to a tenth, and now and then counts without any sense.
        mutating func spectrum() -> Spectrum {
            var spectrum = pick(usual)
            let sense = below(10)
            for band in spectrum.raw.indices {
                switch sense {
                case 0: spectrum.raw[band] = UInt16(below(65_536))
                case 1: spectrum.white[band] = UInt16(below(65_536))
                case 2...5:
                    let disturbed = Int(spectrum.raw[band]) * (95 + below(11)) / 100
                    spectrum.raw[band] = UInt16(min(disturbed, 65_535))
                default: break
                }
            }
            return spectrum
        }

        mutating func evidence() -> Evidence {
            let tags: [TagReading?] = [nil, .noTag, .number(1500), .number(2500), .number(9)]
            let masses: [Int64?] = [nil, -5, 0, 1, 13_500, 26_000, 31_000, 35_000, 61_000, 320_000, .max]
            let some = below(4) == 0 ? nil : spectrum()
            return MaterialModelTests.evidence(
                tag: pick(tags), milligrams: pick(masses), spectrum: some, metal: pick([nil, true, false]),
                presence: pick([nil, true, false]))
        }
    }

    @Test(arguments: heads)
    func `probabilities of hypotheses and of materials add up to one`(head: NIRHeadKind) throws {
        var source = try Source(head, seed: 11)
        let hypotheses = Hypothesis.all(catalogue: sampleCatalogue, options: FusionOptions())
        #expect(abs(hypotheses.reduce(0) { $0 + $1.prior } - 1) < 1e-12)
        let limits = source.model.content.limits
        let evidenceModel = EvidenceModel(
            catalogue: sampleCatalogue, options: FusionOptions(), spectralMaterials: source.model.materials,
            familiarShare: limits.familiarShare, foreignFamiliarShare: limits.foreignFamiliarShare,
            testsNovelty: source.model.testsNovelty)
        for _ in 0..<draws {
            let findings = Findings(source.evidence(), model: source.model, catalogue: sampleCatalogue)
            let likelihoods = hypotheses.map { evidenceModel.likelihoods(of: findings, under: $0) }
            for one in likelihoods {
                for piece in [one.tag, one.mass, one.metal, one.spectrum] {
                    #expect(piece.value > 0 && piece.value.isFinite)
                }
            }
            let posterior = Posterior(hypotheses, weights: likelihoods.map(\.product))
            #expect(abs(posterior.probabilities.reduce(0, +) - 1) < 1e-12)
            #expect(posterior.probabilities.allSatisfy { (0...1).contains($0) })
            #expect(abs(posterior.materials.values.reduce(0, +) - 1) < 1e-12)
            #expect(posterior.ranking.count == Material.allCases.count)
        }
    }

    @Test(arguments: heads)
    func `what kinds of readings there are add up to one under every material`(head: NIRHeadKind) throws {
        let model = try Source(head, seed: 1).model
        let limits = model.content.limits
        for shares in [
            LikelihoodModel.modelled(familiar: limits.familiarShare),
            LikelihoodModel.unmodelledPlastic(foreignFamiliar: limits.foreignFamiliarShare),
            LikelihoodModel.foreign(familiar: limits.foreignFamiliarShare), LikelihoodModel.fibre,
            LikelihoodModel.bandless,
        ] {
            #expect(abs(shares.familiar + shares.strange + shares.resemblingFibre + shares.flat - 1) < 1e-12)
            let untested = shares.withoutNoveltyTest
            #expect(abs(untested.familiar + untested.flat - 1) < 1e-12)
        }
    }

    @Test(arguments: heads)
    func `a contradiction never raises confidence, and stays as certain without a piece`(head: NIRHeadKind) throws {
        var source = try Source(head, seed: 12)
        var contradictions = 0
        for _ in 0..<draws {
            let evidence = source.evidence()
            let found = source.classifier.classify(evidence)
            guard found.result == .unknown(.contradiction) else { continue }
            contradictions += 1
            // Not with one piece less, nor with any selection of them, nor with none.
            for selection in 0..<16 {
                var fewer = evidence
                if selection & 1 != 0 { fewer.tag = .missing }
                if selection & 2 != 0 { fewer.mass = .missing }
                if selection & 4 != 0 { fewer.spectrum = .missing }
                if selection & 8 != 0 { fewer.metal = .missing }
                let other = source.classifier.classify(fewer)
                #expect(found.confidencePermille <= other.confidencePermille, "\(selection) \(evidence)")
            }
        }
        #expect(contradictions > 20)
    }

    @Test(arguments: heads)
    func `a piece that failed counts like one that is missing, and never raises confidence`(head: NIRHeadKind) throws {
        var source = try Source(head, seed: 13)
        for _ in 0..<draws {
            let evidence = source.evidence()
            var (missing, failed) = (evidence, evidence)
            let failure = source.pick(ReadingFailure.allCases)
            switch source.below(5) {
            case 0: (missing.tag, failed.tag) = (.missing, .failed(failure, at: .zero))
            case 1: (missing.mass, failed.mass) = (.missing, .failed(failure, at: .zero))
            case 2: (missing.spectrum, failed.spectrum) = (.missing, .failed(failure, at: .zero))
            case 3: (missing.metal, failed.metal) = (.missing, .failed(failure, at: .zero))
            default: (missing.presence, failed.presence) = (.missing, .failed(failure, at: .zero))
            }
            #expect(source.classifier.classify(failed) == source.classifier.classify(missing))
        }
        // Nothing at all is as likely as the priors say.
        let nothing = source.classifier.classify(Evidence())
        #expect(nothing.result == .unknown(.noEvidence) && nothing.confidencePermille < 500)
    }

    @Test(arguments: heads)
    func `impossible and unreadable pieces count like missing ones`(head: NIRHeadKind) throws {
        var source = try Source(head, seed: 14)
        for _ in 0..<draws {
            let evidence = source.evidence()
            var (impossible, without) = (evidence, evidence)
            impossible.mass = .good(Mass(milligrams: -Int64(source.below(1000))), at: .zero)
            without.mass = .missing
            #expect(source.classifier.classify(impossible) == source.classifier.classify(without))
            (impossible, without) = (evidence, evidence)
            var other = source.spectrum()
            other.dark.removeLast()
            impossible.spectrum = .good(other, at: .zero)
            without.spectrum = .missing
            #expect(source.classifier.classify(impossible) == source.classifier.classify(without))
        }
    }

    @Test(arguments: heads)
    func `when a reading was taken changes nothing`(head: NIRHeadKind) throws {
        var source = try Source(head, seed: 15)
        for _ in 0..<draws / 4 {
            let evidence = source.evidence()
            var later = evidence
            let at = Instant(nanoseconds: Int64(source.below(1_000_000_000)))
            if let value = evidence.tag.value { later.tag = .good(value, at: at) }
            if let value = evidence.mass.value { later.mass = .good(value, at: at) }
            if let value = evidence.spectrum.value { later.spectrum = .good(value, at: at) }
            if let value = evidence.metal.value { later.metal = .good(value, at: at) }
            #expect(source.classifier.classify(later) == source.classifier.classify(evidence))
        }
    }

    @Test(arguments: heads)
    func `the order of placements changes nothing, whatever they are`(head: NIRHeadKind) throws {
        var source = try Source(head, seed: 16)
        var readable = 0
        for _ in 0..<draws / 4 {
            let placements = (0..<3).map { _ in source.spectrum() }
            let found = source.model.judge(placements)
            if !found.probabilities.isEmpty { readable += 1 }
            for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
                let other = source.model.judge(order.map { placements[$0] })
                #expect(other.reading.word == found.reading.word)
                #expect(other.isDecided == found.isDecided)
                for (left, right) in zip(found.probabilities, other.probabilities) {
                    #expect(abs(left - right) < 1e-12)
                }
            }
        }
        #expect(readable > 20)
    }

    @Test(arguments: heads)
    func `the same spectrum again changes no class`(head: NIRHeadKind) throws {
        var source = try Source(head, seed: 17)
        for _ in 0..<draws / 4 {
            let spectrum = source.spectrum()
            let once = source.model.judge([spectrum])
            for count in 2...4 {
                let again = source.model.judge([Spectrum](repeating: spectrum, count: count))
                #expect(again.reading.word == once.reading.word)
                #expect(
                    again.probabilities.firstIndex(of: again.probabilities.max() ?? -1)
                        == once.probabilities.firstIndex(of: once.probabilities.max() ?? -1))
                #expect(abs(again.contrast - once.contrast) < 1e-12)
            }
        }
    }
}
