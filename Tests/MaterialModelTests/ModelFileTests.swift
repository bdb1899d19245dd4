import FoundationEssentials
import MaterialModel
import Testing
import Vocabulary

struct ModelFileTests {
    @Test func `the shipped model states what it is and how good it is`() throws {
        let model = try shippedModel()
        #expect(model.materials == [.pet, .hdpe, .pp, .ps])
        #expect(model.wavelengthsDecinanometres.count == 128)
        #expect(model.wavelengthsDecinanometres.first == 10_145)
        #expect(model.wavelengthsDecinanometres.last == 17_200)
        #expect(model.familiarShare == 0.92)
        #expect(model.origin.contains("no scan is contained in this file"))
        #expect(model.evaluation.objects == 122)
        #expect(model.evaluation.objectsRight == 121)
        #expect(model.evaluation.scanAccuracy == 0.9844)
        #expect(model.evaluation.decidedShare == 0.9056)
        #expect(model.evaluation.decidedAccuracy == 0.9966)
        #expect(model.evaluation.strangersDecided["abs"] == [1, 4])
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        var testDescription: String { sentence }
        var find: String
        var replace: String
        var sentence: String
    }

    static let damages: [Damage] = [
        Damage(
            find: #"{"version":1,"#, replace: #"{"version":2,"#,
            sentence: "The spectral model m.json is of version 2, this release reads version 1. "
                + "Install the model file of this release."),
        Damage(
            find: #"{"version":1,"#, replace: #"{"#,
            sentence: "Reading the spectral model m.json failed: the key version is missing in the file. "
                + "Install the model file of this release again."),
        Damage(
            find: #""residualVariance":"#, replace: #""residual":"#,
            sentence: "Reading the spectral model m.json failed: the key residualVariance is missing in the file. "
                + "Install the model file of this release again."),
        Damage(
            find: #"[10145,"#, replace: #"["#,
            sentence: "The spectral model m.json is not usable: class pet has 124 numbers instead of 123. "
                + "Train it again or install the one of this release."),
        Damage(
            find: #"[10145,"#, replace: #"[20145,"#,
            sentence: "The spectral model m.json is not usable: wavelengthsDecinanometres must ascend. "
                + "Train it again or install the one of this release."),
        Damage(
            find: #""derivativeWindow":5"#, replace: #""derivativeWindow":4"#,
            sentence: "The spectral model m.json is not usable: derivativeWindow is 4, must be odd, from 3 to half the "
                + "bands. Train it again or install the one of this release."),
        Damage(
            find: #""material":"hdpe""#, replace: #""material":"pet""#,
            sentence: "The spectral model m.json is not usable: a material occurs twice among the classes. "
                + "Train it again or install the one of this release."),
        Damage(
            find: #""noveltyDistance":439"#, replace: #""noveltyDistance":0"#,
            sentence: "The spectral model m.json is not usable: noveltyDistance is 0.0, must be greater than 0. "
                + "Train it again or install the one of this release."),
        Damage(
            find: #""exponent":5"#, replace: #""exponent":17"#,
            sentence: "The spectral model m.json is not usable: calibration.exponent is 17, must be from 1 to 16. "
                + "Train it again or install the one of this release."),
        Damage(
            find: #""familiarShare":0.92"#, replace: #""familiarShare":1"#,
            sentence: "The spectral model m.json is not usable: familiarShare is 1.0, must be between 0.5 and 1. "
                + "Train it again or install the one of this release."),
        Damage(
            find: #""leastCorrelation":0.8"#, replace: #""leastCorrelation":0.2"#,
            sentence: "The spectral model m.json is not usable: assumedFibre.leastCorrelation is 0.2, must be greater "
                + "than that of the measured polymers and at most 1. Train it again or install the one of this release."
        ),
        Damage(
            find: #""objects":31,"mean":["#, replace: #""objects":31,"mean":[1e300,"#,
            sentence: "The spectral model m.json is not usable: class pet has 125 numbers instead of 124. "
                + "Train it again or install the one of this release."),
    ]

    @Test(arguments: damages)
    func `a file that does not fit is refused with a sentence`(row: Damage) throws {
        let text = String(decoding: try Files.read(Files.model), as: UTF8.self)
        let range = try #require(text.range(of: row.find))
        let damaged = text.replacingCharacters(in: range, with: row.replace)
        let error = try #require(throws: ModelFileError.self) {
            try SpectralModel(json: Data(damaged.utf8), file: "m.json")
        }
        #expect(error.description == row.sentence)
    }

    @Test func `numbers that could overflow are refused`() throws {
        let text = String(decoding: try Files.read(Files.model), as: UTF8.self)
        let start = try #require(text.range(of: #""objects":31,"mean":["#)).upperBound
        let end = try #require(text[start...].firstIndex(of: ","))
        let damaged = text[..<start] + "1e300" + text[end...]
        let error = try #require(throws: ModelFileError.self) {
            try SpectralModel(json: Data(damaged.utf8), file: "m.json")
        }
        #expect(error == .invalid(file: "m.json", detail: "1 numbers of the classes, axes and curves exceed 1000.0"))
    }

    @Test func `an oversized file is refused before it is decoded`() throws {
        let error = try #require(throws: ModelFileError.self) {
            try SpectralModel(json: Data(count: 262_145), file: "m.json")
        }
        #expect(error == .invalid(file: "m.json", detail: "it has 262145 bytes, at most 262144 are read"))
    }

    @Test func `a file that is not JSON is refused`() throws {
        let error = try #require(throws: ModelFileError.self) {
            try SpectralModel(json: Data("version: 1".utf8), file: "m.json")
        }
        #expect(error.description.hasPrefix("Reading the spectral model m.json failed: the file is not valid"))
    }
}
