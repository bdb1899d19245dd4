import MaterialModel
import Testing
import Vocabulary

/// One golden row per rule of docs/classification.md.
struct ClassifierRuleTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var tag: TagReading?
        var milligrams: Int64?
        /// Name of a spectrum in the fixture, or "black".
        var spectrum: String?
        var metal: Bool?
        var presence: Bool? = true
        /// Type or "-", material, stream, milligrams and their source; or the reason.
        var expected: String
    }

    static let rows: [Row] = [
        Row(
            testDescription: "a whole tagged cup circulates", tag: .number(1234), milligrams: 35_500, spectrum: "pp",
            metal: false, expected: "cup-pp pp reuse 35500 measured"),
        Row(
            testDescription: "a tagged cup circulates without a working NIR head", tag: .number(1234),
            milligrams: 34_100, metal: false, expected: "cup-pp pp reuse 34100 measured"),
        Row(
            testDescription: "a printed cup with a strange spectrum still circulates", tag: .number(1234),
            milligrams: 35_000, spectrum: "pmma", metal: false, expected: "cup-pp pp reuse 35000 measured"),
        Row(
            testDescription: "without a scale the catalogue's mass stands in", tag: .number(1234), spectrum: "pp",
            metal: false, expected: "cup-pp pp reuse 35000 catalogue"),
        Row(
            testDescription: "a black tagged cup rests on tag and mass", tag: .number(1234), milligrams: 35_000,
            spectrum: "black", metal: false, expected: "cup-pp pp reuse 35000 measured"),
        Row(
            testDescription: "a tag alone does not prove an item", tag: .number(1234), metal: false,
            expected: "lowConfidence"),
        Row(
            testDescription: "a chipped cup is recycled", tag: .number(1234), milligrams: 31_000, spectrum: "pp",
            metal: false, expected: "cup-pp pp recycling 31000 measured"),
        Row(
            testDescription: "a cup with something in it is recycled", tag: .number(1234), milligrams: 40_000,
            spectrum: "pp", metal: false, expected: "cup-pp pp recycling 40000 measured"),
        Row(
            testDescription: "the edge of the tolerance belongs to the whole", tag: .number(1234),
            milligrams: 37_000, spectrum: "pp", metal: false, expected: "cup-pp pp reuse 37000 measured"),
        Row(
            testDescription: "past the tolerance begins the worn", tag: .number(1234), milligrams: 37_001,
            spectrum: "pp", metal: false, expected: "cup-pp pp recycling 37001 measured"),
        Row(
            testDescription: "the edge of the worn band is worn", tag: .number(1234), milligrams: 41_000,
            spectrum: "pp", metal: false, expected: "cup-pp pp recycling 41000 measured"),
        Row(
            testDescription: "past the worn band the tag is another item's", tag: .number(1234), milligrams: 41_001,
            spectrum: "pp", metal: false, expected: "contradiction"),
        Row(
            testDescription: "a cup's tag on an item of 6 g", tag: .number(1234), milligrams: 6000, spectrum: "pp",
            metal: false, expected: "contradiction"),
        Row(
            testDescription: "a cup's tag on a polystyrene item", tag: .number(1234), milligrams: 35_000,
            spectrum: "ps", metal: false, expected: "contradiction"),
        Row(
            testDescription: "a cup's tag on metal", tag: .number(1234), milligrams: 35_000, spectrum: "pp",
            metal: true, expected: "contradiction"),
        Row(
            testDescription: "a polymer's spectrum on metal", tag: .noTag, milligrams: 35_000, spectrum: "pp",
            metal: true, expected: "contradiction"),
        Row(
            testDescription: "a clear polymer's spectrum on a tin", tag: .noTag, milligrams: 54_000, spectrum: "pp",
            metal: true, expected: "contradiction"),
        Row(
            testDescription: "a cup that lost its tag is recycled", tag: .noTag, milligrams: 35_000, spectrum: "pp",
            metal: false, expected: "cup-pp pp recycling 35000 measured"),
        Row(
            testDescription: "a tag of no type is no identity", tag: .number(77), milligrams: 35_000, spectrum: "pp",
            metal: false, expected: "cup-pp pp recycling 35000 measured"),
        Row(
            testDescription: "a dead reader does not turn a cup into scrap", milligrams: 35_000, spectrum: "pp",
            metal: false, expected: "noEvidence"),
        Row(
            testDescription: "a listed single-use bottle", tag: .noTag, milligrams: 26_400, spectrum: "pet",
            metal: false, expected: "bottle-pet pet recycling 26400 measured"),
        Row(
            testDescription: "an unlisted bottle", tag: .noTag, milligrams: 61_000, spectrum: "hdpe", metal: false,
            expected: "- hdpe recycling 61000 measured"),
        Row(
            testDescription: "an unlisted polystyrene tub", tag: .noTag, milligrams: 9000, spectrum: "ps",
            metal: false, expected: "- ps recycling 9000 measured"),
        Row(
            testDescription: "unlisted packaging without a mass cannot be booked", tag: .noTag, spectrum: "pet",
            metal: false, presence: true, expected: "noEvidence"),
        Row(
            testDescription: "between two polymers", tag: .noTag, milligrams: 61_000, spectrum: "half hdpe, half pp",
            metal: false, expected: "foreign"),
        Row(
            testDescription: "a can is told by metal and mass", tag: .noTag, milligrams: 13_800, spectrum: "glass",
            metal: true, expected: "can-aluminium aluminium recycling 13800 measured"),
        Row(
            testDescription: "a tin is told by metal and mass", tag: .noTag, milligrams: 54_000, metal: true,
            expected: "tin-steel steel recycling 54000 measured"),
        Row(
            testDescription: "unlisted metal may be either metal", tag: .noTag, milligrams: 90_000, spectrum: "glass",
            metal: true, expected: "lowConfidence"),
        Row(
            testDescription: "a listed glass bottle has a flat spectrum", tag: .noTag, milligrams: 321_000,
            spectrum: "glass", metal: false, expected: "bottle-glass glass recycling 321000 measured"),
        Row(
            testDescription: "unlisted glass is not told from other flat things", tag: .noTag, milligrams: 500_000,
            spectrum: "glass", metal: false, expected: "lowConfidence"),
        Row(
            testDescription: "a listed fibre tray", tag: .noTag, milligrams: 21_000, spectrum: "fibre", metal: false,
            expected: "tray-fibre fibre recycling 21000 measured"),
        Row(
            testDescription: "an unlisted fibre box", tag: .noTag, milligrams: 80_000, spectrum: "printed fibre",
            metal: false, expected: "- fibre recycling 80000 measured"),
        Row(
            testDescription: "a thing of no known polymer", tag: .noTag, milligrams: 200_000, spectrum: "pmma",
            metal: false, expected: "foreign"),
        Row(
            testDescription: "an unlisted black item", tag: .noTag, milligrams: 61_000, spectrum: "black",
            metal: false, expected: "unreadable"),
        Row(
            testDescription: "a black item and nothing else", spectrum: "black", expected: "unreadable"),
        Row(
            testDescription: "an unlisted item with a dead NIR head", tag: .noTag, milligrams: 61_000, metal: false,
            expected: "lowConfidence"),
        Row(testDescription: "silence", presence: nil, expected: "noEvidence"),
        Row(
            testDescription: "readers and sensors that saw nothing", tag: .noTag, milligrams: 0, metal: false,
            expected: "noEvidence"),
        Row(
            testDescription: "a negative mass is none", tag: .noTag, milligrams: -300, metal: false,
            expected: "noEvidence"),
        Row(
            testDescription: "the spectrum of an empty chamber", tag: .noTag, milligrams: 0, spectrum: "pp",
            metal: false, presence: false, expected: "noEvidence"),
    ]

    @Test(arguments: rows)
    func `evidence leads to the expected result`(row: Row) throws {
        let fixture = try PosteriorFixture.load()
        let spectrum = try row.spectrum.map { name in
            name == "black"
                ? fixture.spectrum([UInt16](repeating: fixture.dark + 400, count: 128)) : try fixture.spectrum(name)
        }
        let found = try sampleClassifier().classify(
            evidence(
                tag: row.tag, milligrams: row.milligrams, spectrum: spectrum, metal: row.metal,
                presence: row.presence))
        #expect(summary(found.result) == row.expected, "\(found)")
    }

    private func summary(_ result: Classification.Result) -> String {
        switch result {
        case .unknown(let reason): reason.rawValue
        case .identified(let item):
            "\(item.packagingType?.rawValue ?? "-") \(item.material.rawValue) \(item.stream.rawValue) "
                + "\(item.massMilligrams) \(item.massSource.rawValue)"
        }
    }

    @Test func `a failed reading counts like a missing one`() throws {
        let classifier = try sampleClassifier()
        var failed = evidence(tag: .number(1234), milligrams: 35_000)
        failed.spectrum = .failed(.timeout, at: .zero)
        failed.metal = .failed(.notConnected, at: .zero)
        #expect(classifier.classify(failed) == classifier.classify(evidence(tag: .number(1234), milligrams: 35_000)))
    }

    @Test func `its own tag does not make an item of another mass`() throws {
        // Among so many tagged types a loose tag is less likely than a scale that erred, so the mass alone contradicts.
        let types = (1...20).map { number -> PackagingType in
            let first = UInt32(1000 * number)
            return PackagingType(
                id: PackagingTypeID(unchecked: "box-\(number)"), name: "Box", material: .hdpe, massMilligrams: 35_000,
                massToleranceMilligrams: 2000, isReusable: true,
                tagClass: TagClass(key: .grai, firstTag: first, lastTag: first + 999))
        }
        let classifier = MaterialClassifier(
            model: try shippedModel(), catalogue: Catalogue(version: "test", types: types))
        let spectrum = try PosteriorFixture.load().spectrum("hdpe")
        let whole = classifier.classify(
            evidence(tag: .number(1234), milligrams: 35_000, spectrum: spectrum, metal: false))
        #expect(whole.result != Classification.Result.unknown(.contradiction), "\(whole)")
        let heavy = classifier.classify(
            evidence(tag: .number(1234), milligrams: 60_000, spectrum: spectrum, metal: false))
        #expect(heavy.result == Classification.Result.unknown(.contradiction), "\(heavy)")
    }

    @Test func `the tag that was read is kept`() throws {
        let found = try sampleClassifier().classify(evidence(tag: .number(1234), milligrams: 35_000))
        guard case .identified(let item) = found.result else {
            Issue.record("\(found)")
            return
        }
        #expect(item.tag == Tag(number: 1234))
    }

    @Test func `an empty catalogue still recognises polymers`() throws {
        let classifier = MaterialClassifier(
            model: try shippedModel(), catalogue: Catalogue(version: "0", types: []), options: FusionOptions())
        let spectrum = try PosteriorFixture.load().spectrum("pet")
        let found = classifier.classify(evidence(tag: .noTag, milligrams: 20_000, spectrum: spectrum, metal: false))
        #expect(summary(found.result) == "- pet recycling 20000 measured")
    }

    @Test func `options move the lines`() throws {
        var options = FusionOptions()
        options.wornMassFactor = 1
        let strict = MaterialClassifier(model: try shippedModel(), catalogue: sampleCatalogue, options: options)
        let chipped = evidence(tag: .number(1234), milligrams: 31_000)
        #expect(strict.classify(chipped).result == .unknown(.contradiction))

        options = FusionOptions()
        options.decidingPermille = 1000
        let demanding = MaterialClassifier(model: try shippedModel(), catalogue: sampleCatalogue, options: options)
        let tin = evidence(tag: .noTag, milligrams: 54_000, metal: true)
        #expect(demanding.classify(tin).result == .unknown(.lowConfidence))
    }
}
