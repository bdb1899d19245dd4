import Testing
import Vocabulary

@testable import MaterialModel

/// What several spectra of one item do to the whole verdict.
struct SecondLookTests {
    private let fixture: PosteriorFixture
    private let classifier: MaterialClassifier

    init() throws {
        (fixture, classifier) = (try PosteriorFixture.load(), try sampleClassifier())
    }

    private func cup(_ spectra: [Measured<Spectrum>]) -> Evidence {
        var item = evidence(tag: .number(1000), milligrams: 35_000, metal: false)
        for spectrum in spectra { item.take(.spectrum(spectrum)) }
        return item
    }

    private func good(_ name: String) throws -> Measured<Spectrum> { .good(try fixture.spectrum(name), at: .zero) }

    @Test func `placements of two materials make a contradiction of an item that all else names`() throws {
        let one = classifier.classify(cup([try good("pp")]))
        guard case .identified(let found) = one.result else {
            Issue.record("\(one)")
            return
        }
        #expect(found.material == .pp && found.stream == .reuse)
        let both = classifier.classify(cup([try good("pp"), try good("hdpe")]))
        #expect(both.result == .unknown(.contradiction))
        #expect(both.confidencePermille < one.confidencePermille)
    }

    @Test func `a look that failed counts as none`() throws {
        let one = classifier.classify(cup([try good("pp")]))
        #expect(classifier.classify(cup([try good("pp"), .failed(.timeout, at: .zero)])) == one)
    }

    @Test func `the order of looks changes nothing`() throws {
        let looks = [try good("pp"), try good("odd pp"), try good("dim pp")]
        #expect(classifier.classify(cup(looks)) == classifier.classify(cup(looks.reversed())))
    }

    @Test func `a second look at an item that was strange can name it`() throws {
        var item = evidence(milligrams: 12_345, metal: false)
        item.take(.spectrum(try good("abs")))
        #expect(classifier.classify(item).result == .unknown(.foreign))
        item.take(.spectrum(try good("pp")))
        item.take(.spectrum(try good("pp")))
        let found = classifier.explain(item)
        #expect(found.spectrum?.judgement == classifier.model.judge(item.spectra))
        #expect(found.classification == classifier.classify(item))
    }

    @Test func `without the spectrum means without all of them`() throws {
        let item = cup([try good("pp"), try good("hdpe")])
        let without = try #require(classifier.explain(item).without.first { $0.piece == .spectrum })
        #expect(without.classification == classifier.classify(cup([])))
        #expect(!without.isSilent)
    }
}
