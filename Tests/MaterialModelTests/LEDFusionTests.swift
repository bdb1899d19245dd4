import MaterialModel
import Testing
import Vocabulary

/// What a head without a test of novelty may say beside the other pieces of evidence, and what not.
struct LEDFusionTests {
    let model: SpectralModel
    let classifier: MaterialClassifier

    init() throws {
        model = try shippedLEDModel()
        classifier = MaterialClassifier(model: model, catalogue: sampleCatalogue)
    }

    @Test func `one placement that looks like another polymer is no contradiction to a cup's tag and mass`() throws {
        for other in [Material.pet, .hdpe, .ps] {
            let found = classifier.classify(
                evidence(tag: .number(1234), milligrams: 35_000, spectrum: try typicalLED(other, model), metal: false))
            guard case .identified(let item) = found.result else {
                Issue.record("\(other): \(found)")
                continue
            }
            #expect(item.packagingType == "cup-pp" && item.stream == .reuse)
            // It makes less sure all the same.
            let agreeing = classifier.classify(
                evidence(tag: .number(1234), milligrams: 35_000, spectrum: try typicalLED(.pp, model), metal: false))
            #expect(found.confidencePermille < agreeing.confidencePermille)
        }
    }

    @Test func `a tin that is taken for a polymer stays a tin`() throws {
        let found = classifier.classify(
            evidence(tag: .noTag, milligrams: 54_000, spectrum: try typicalLED(.pet, model), metal: true))
        guard case .identified(let item) = found.result else {
            Issue.record("\(found)")
            return
        }
        #expect(item.material == .steel)
    }

    @Test func `a name by this head alone does not rule out what it has no class for`() throws {
        // Fibre, glass and foreign things get a name as well.
        let found = classifier.classify(
            evidence(tag: .noTag, milligrams: 21_000, spectrum: try typicalLED(.pet, model), metal: false))
        #expect(found.result == .unknown(.lowConfidence))
        #expect(found.candidates.contains { $0.material == .fibre && $0.probabilityPermille > 300 }, "\(found)")
    }

    @Test func `sensors that exclude each other contradict whatever the head`() throws {
        let metal = classifier.classify(
            evidence(tag: .number(1234), milligrams: 35_000, spectrum: try typicalLED(.pp, model), metal: true))
        #expect(metal.result == .unknown(.contradiction))
        let mass = classifier.classify(
            evidence(tag: .number(1234), milligrams: 6000, spectrum: try typicalLED(.pp, model), metal: false))
        #expect(mass.result == .unknown(.contradiction))
    }
}
