import Crypto
import FoundationEssentials
import MaterialModel
import Testing
import Vocabulary

struct ModelFileTests {
    @Test func `the shipped models state what they are and how good they are`() throws {
        for (model, head, bands) in [
            (try shippedModel(), NIRHeadKind.spectrometer, 128), (try shippedLEDModel(), .led8, 8),
        ] {
            #expect(model.head == head)
            #expect(model.materials == [.pet, .hdpe, .pp, .ps])
            #expect(model.content.bandsNanometres == head.bandsNanometres)
            #expect(model.content.bandsNanometres.count == bands)
            #expect(model.content.training.origin.contains("no scan"))
            #expect(model.content.training.licence.contains("the scans carry no licence and may not"))
            #expect(model.content.training.files.count == 1)
            #expect(model.content.evaluation.method.hasPrefix("leave one object out of all sessions"))
            #expect(model.hash.count == 64)
        }
        #expect(try shippedModel().content.bandsNanometres.first == 1014.5)
        #expect(try shippedModel().content.bandsNanometres.last == 1720)
    }

    @Test func `the shipped models reach their goals as their files state it`() throws {
        func figure(_ model: SpectralModel, _ measure: String) throws -> Double {
            try #require(model.content.evaluation.figures.first { $0.measure == measure }, "\(measure)").value
        }
        let spectrometer = try shippedModel()
        #expect(try figure(spectrometer, "accuracy by object") >= 0.985)
        #expect(try figure(spectrometer, "share decided with 99 % of the decided right") >= 0.95)
        #expect(try figure(spectrometer, "wrong of 12 unseen objects of the other session") <= 1)
        #expect(try figure(spectrometer, "expected calibration error") <= 0.03)
        #expect(try figure(spectrometer, "22 foreign objects refused with 95 % decided") >= 0.9)
        #expect(try figure(spectrometer, "accuracy by single scan, 2 % error of the white reference") >= 0.93)
        let leds = try shippedLEDModel()
        #expect(try figure(leds, "accuracy by object") >= 0.88)
        #expect(try figure(leds, "share decided with 99 % of the decided right") >= 0.5)
        #expect(try figure(leds, "expected calibration error") <= 0.05)
        for model in [spectrometer, leds] {
            for name in ["1 placement", "2 placements", "3 placements"] {
                #expect(try figure(model, "\(name): own material excluded") < 0.01)
            }
        }
    }

    @Test func `a model that is read and written again has the same bytes`() throws {
        for file in [Files.model, Files.ledModel] {
            let bytes = try Files.read(file)
            let model = try SpectralModel(json: bytes, file: file)
            #expect(try ModelFile.encode(model.content) == bytes)
            // Its numbers are short already.
            #expect(model.content.rounded == model.content)
            #expect(bytes.count <= ModelFile.byteLimit)
        }
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        var testDescription: String { sentence }
        var find: String
        var replace: String
        var sentence: String
    }

    private static let again = "Train it again or install the one of this release."
    private static let wrongHash =
        "The spectral model m.json is not usable: its content is not what its sha256 was made of; it was changed. \(again)"

    static let damages: [Damage] = [
        Damage(
            find: #""version":2}"#, replace: #""version":1}"#,
            sentence: "The spectral model m.json is of version 1, this release reads version 2. "
                + "Install the model file of this release."),
        Damage(
            find: #","version":2}"#, replace: "}",
            sentence: "Reading the spectral model m.json failed: the key version is missing in the file. "
                + "Install the model file of this release again."),
        Damage(
            find: #""limits":"#, replace: #""limit":"#,
            sentence: "Reading the spectral model m.json failed: the key limits is missing in the file. "
                + "Install the model file of this release again."),
        Damage(find: #""temperature":1"#, replace: #""temperature":2"#, sentence: wrongHash),
        Damage(find: #"{"sha256":""#, replace: #"{"sha256":"0"#, sentence: wrongHash),
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

    struct Nonsense: Sendable, CustomTestStringConvertible {
        var testDescription: String { complaint }
        var complaint: String
        var change: @Sendable (inout ModelContent) -> Void
    }

    static let nonsense: [Nonsense] = [
        Nonsense(complaint: "bandsNanometres must ascend") { $0.bandsNanometres[0] = 1800 },
        Nonsense(complaint: "7 bands, 8 to 512 allowed") { $0.bandsNanometres.removeLast(121) },
        Nonsense(complaint: "a material occurs twice among the classes") { $0.classes[1].material = .pet },
        Nonsense(complaint: "1 classes, 2 to 12 allowed") { $0.classes.removeLast(3) },
        Nonsense(complaint: "class pet has 52 means and 53 spreads instead of 53") { $0.classes[0].mean.removeLast() },
        Nonsense(complaint: "1 numbers exceed 1000000000.0") { $0.classes[0].mean[0] = 1e300 },
        Nonsense(complaint: "1 numbers exceed 1000000000.0") { $0.classes[0].spread[0] = .nan },
        Nonsense(complaint: "familiarShare is 1.0, must be between 0.5 and 1") { $0.limits.familiarShare = 1 },
        Nonsense(complaint: "excludedBelow has 0 numbers, 1 to 3 allowed") { $0.limits.excludedBelow = [] },
        Nonsense(complaint: "excludedBelow has 4 numbers, 1 to 3 allowed") { $0.limits.excludedBelow.append(0) },
        Nonsense(complaint: "excludedBelow has 0.06, must be from 0 to 0.05") { $0.limits.excludedBelow[2] = 0.06 },
        Nonsense(complaint: "excludedBelow has nan, must be from 0 to 0.05") { $0.limits.excludedBelow[0] = .nan },
        Nonsense(complaint: "leastStructure is 0.0, must be greater than 0") { $0.limits.leastStructure = 0 },
        Nonsense(complaint: "leastBrightness is -1.0, must be between 0 and 1") { $0.limits.leastBrightness = -1 },
        Nonsense(complaint: "spectrometer: temperature is 0.5, must be at least 1") { content in
            content.change { $0.temperature = 0.5 }
        },
        Nonsense(complaint: "spectrometer: preprocessing: there is no such derivative") { content in
            content.change { $0.preprocessing.derivative = 3 }
        },
        Nonsense(complaint: "spectrometer: preprocessing: binChannels is 0, must be from 1 to 16") { content in
            content.change { $0.preprocessing.binChannels = 0 }
        },
        Nonsense(complaint: "spectrometer: the discriminant is not one of 4 classes and 54 features") { content in
            content.change {
                $0.preprocessing.derivativeWindow = 5; $0.preprocessing.channelsNanometres += [1721, 1722]
            }
        },
        Nonsense(complaint: "spectrometer: novelty: gamma is 0.0, must be greater than 0") { content in
            content.change { $0.predictor.novelty.gamma = 0 }
        },
        Nonsense(complaint: "spectrometer: novelty: the groups do not add up to the 149 points") { content in
            content.change { $0.predictor.novelty.groups[0] = 2 }
        },
        Nonsense(
            complaint: "spectrometer: assumedFibre.leastCorrelation is 0.2, must be greater than that of the measured "
                + "scans and at most 1"
        ) { content in content.change { $0.assumedFibre.leastCorrelation = 0.2 } },
    ]

    @Test(arguments: nonsense)
    func `numbers that could do harm are refused, even with a right hash`(row: Nonsense) throws {
        var content = try shippedModel().content
        row.change(&content)
        #expect(ModelFile.complaint(content) == row.complaint)
    }

    static let calibrationNonsense: [(complaint: String, change: @Sendable (inout [LEDCalibration]) -> Void)] = [
        ("0 calibrations, 1 to 3 allowed", { $0 = [] }),
        ("4 calibrations, 1 to 3 allowed", { $0.append($0[0]) }),
        ("sharpening is 0.0, must be between 0 and 10", { $0[0].sharpening = 0 }),
        ("sharpening is nan, must be between 0 and 10", { $0[2].sharpening = .nan }),
        ("smoothing is 0.0, must be between 0 and 0.5", { $0[1].smoothing = 0 }),
        ("smoothing is 0.5, must be between 0 and 0.5", { $0[2].smoothing = 0.5 }),
        ("decidingProbability is 1.5, must be between 0 and 1", { $0[2].decidingProbability = 1.5 }),
    ]

    @Test(arguments: calibrationNonsense)
    func `a calibration that could do harm is refused`(
        row: (complaint: String, change: @Sendable (inout [LEDCalibration]) -> Void)
    ) throws {
        var content = try shippedLEDModel().content
        guard case .led8(var parameters) = content.parameters else { return }
        row.change(&parameters.calibrations)
        content.parameters = .led8(parameters)
        #expect(ModelFile.complaint(content) == "led8: \(row.complaint)")
    }

    @Test func `a model whose bands do not cover its channels is refused`() throws {
        var content = try shippedModel().content
        content.bandsNanometres = content.bandsNanometres.map { $0 + 2 }
        let error = try #require(throws: ModelFileError.self) {
            try SpectralModel(json: try ModelFile.encode(content), file: "m.json")
        }
        #expect(error == .invalid(file: "m.json", detail: "its bands do not cover its channels"))
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

    @Test func `the hash is the one that sha256sum prints of what follows the first comma`() throws {
        let bytes = try Files.read(Files.model)
        let start = try #require(bytes.firstIndex(of: UInt8(ascii: ",")))
        let digest = SHA256.hash(data: bytes[(start + 1)...])
        let digits = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(try shippedModel().hash == digits)
    }
}

extension ModelContent {
    fileprivate mutating func change(_ change: (inout SpectrometerParameters) -> Void) {
        guard case .spectrometer(var parameters) = parameters else { return }
        change(&parameters)
        self.parameters = .spectrometer(parameters)
    }
}
