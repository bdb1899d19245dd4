import MaterialModel
import Testing
import Vocabulary

/// Properties that hold for any evidence, tried on every combination of telling readings.
struct ClassifierPropertyTests {
    let classifier: MaterialClassifier
    let combinations: [Evidence]

    init() throws {
        let fixture = try PosteriorFixture.load()
        classifier = try sampleClassifier()
        let tags: [TagReading?] = [nil, .noTag, .number(1500), .number(2500), .number(9)]
        let masses: [Int64?] = [nil, -5, 1, 6000, 13_500, 26_000, 31_000, 35_000, 61_000, 320_000, .max]
        let spectra: [Spectrum?] =
            try [nil]
            + ["pet", "hdpe", "pp", "ps", "half hdpe, half pp", "abs", "pmma", "fibre", "glass"].map {
                try fixture.spectrum($0)
            }
        var all: [Evidence] = []
        for tag in tags {
            for mass in masses {
                for spectrum in spectra {
                    for metal in [nil, true, false] as [Bool?] {
                        all.append(evidence(tag: tag, milligrams: mass, spectrum: spectrum, metal: metal))
                    }
                }
            }
        }
        combinations = all
    }

    @Test func `probabilities are thousandths in falling order`() {
        #expect(combinations.count == 5 * 11 * 10 * 3)
        for evidence in combinations {
            let found = classifier.classify(evidence)
            let permilles = found.candidates.map(\.probabilityPermille)
            #expect(permilles.count == Classification.candidateLimit)
            #expect(permilles == permilles.sorted(by: >))
            #expect(permilles.allSatisfy { (0...1000).contains($0) })
            // Three values, each rounded by at most a half.
            #expect(permilles.reduce(0, +) <= 1001)
            #expect(found.confidencePermille <= permilles[0])
            #expect(Set(found.candidates.map(\.material)).count == permilles.count)
        }
    }

    @Test func `what is identified is the most likely material and likely enough`() {
        var identified = 0
        for evidence in combinations {
            let found = classifier.classify(evidence)
            guard case .identified(let item) = found.result else { continue }
            identified += 1
            #expect(item.material == found.candidates[0].material)
            #expect(found.confidencePermille >= 900)
            #expect(item.massMilligrams > 0)
            if item.stream == .reuse { #expect(item.tag != nil && item.packagingType != nil) }
        }
        #expect(identified > 100)
    }

    @Test func `a contradiction never raises confidence`() {
        var contradictions = 0
        for evidence in combinations {
            let found = classifier.classify(evidence)
            guard found.result == .unknown(.contradiction) else { continue }
            contradictions += 1
            for fewer in withoutOnePiece(evidence) {
                #expect(found.confidencePermille <= classifier.classify(fewer).confidencePermille, "\(evidence)")
            }
        }
        #expect(contradictions > 100)
    }

    private func withoutOnePiece(_ evidence: Evidence) -> [Evidence] {
        var fewer = [Evidence](repeating: evidence, count: 4)
        fewer[0].tag = .missing
        fewer[1].mass = .missing
        fewer[2].spectrum = .missing
        fewer[3].metal = .missing
        return fewer
    }

    @Test func `the order in which readings arrive changes nothing`() throws {
        let fixture = try PosteriorFixture.load()
        let readings: [EvidenceReading] = [
            .mass(.good(Mass(milligrams: 35_000), at: .zero)),
            .tag(.good(.number(1500), at: .zero)),
            .spectrum(.good(try fixture.spectrum("pp"), at: .zero)),
        ]
        var results: Set<Classification> = []
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            var evidence = Evidence()
            for index in order { evidence.take(readings[index]) }
            results.insert(classifier.classify(evidence))
        }
        #expect(results.count == 1)
    }

    @Test func `the order of the catalogue changes no result`() throws {
        let reversed = MaterialClassifier(
            model: try shippedModel(),
            catalogue: Catalogue(version: "test", types: sampleCatalogue.types.reversed()), options: FusionOptions())
        for evidence in combinations {
            #expect(classifier.classify(evidence).result == reversed.classify(evidence).result)
        }
    }

    @Test func `the past changes nothing`() {
        let fresh = combinations.map(classifier.classify)
        let again = combinations.reversed().map(classifier.classify)
        #expect(fresh == again.reversed())
    }

    @Test func `a piece that agrees raises confidence`() throws {
        let spectrum = try PosteriorFixture.load().spectrum("pp")
        let tagged = classifier.classify(evidence(tag: .number(1500)))
        let weighed = classifier.classify(evidence(tag: .number(1500), milligrams: 35_000))
        let seen = classifier.classify(evidence(tag: .number(1500), milligrams: 35_000, spectrum: spectrum))
        #expect(tagged.confidencePermille < weighed.confidencePermille)
        #expect(weighed.confidencePermille <= seen.confidencePermille)
        #expect(seen.confidencePermille >= 995)
    }
}
