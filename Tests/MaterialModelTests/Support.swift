import FoundationEssentials
import MaterialModel
import Testing
import Vocabulary

/// The files of the repository that the tests read.
enum Files {
    static let root = String(#filePath.dropLast("/Tests/MaterialModelTests/Support.swift".count))
    static let model = root + "/config/models/spectrometer.json"
    static let ledModel = root + "/config/models/led-8.json"
    static let fixture = root + "/Tests/MaterialModelTests/Fixtures/posteriors.json"
    static func read(_ path: String) throws -> Data {
        try #require(FileManager.default.contents(atPath: path), "\(path) cannot be read")
    }
}

/// Spectra made of class statistics, with what numpy reads in them by the shipped model.
struct PosteriorFixture: Codable {
    struct Case: Codable {
        var name: String
        var raw: [UInt16]
        /// The name of a case of `SpectralReading`.
        var reading: String
        /// Of the model's materials; empty if nothing could be read.
        var probabilities: [Double]
    }
    var wavelengthsDecinanometres: [UInt16]
    var white: UInt16
    var dark: UInt16
    var cases: [Case]

    static func load() throws -> PosteriorFixture {
        try JSONDecoder().decode(PosteriorFixture.self, from: try Files.read(Files.fixture))
    }

    func spectrum(_ name: String) throws -> Spectrum {
        spectrum(try #require(cases.first { $0.name == name }).raw)
    }

    func spectrum(_ raw: [UInt16]) -> Spectrum {
        Spectrum(
            wavelengthsDecinanometres: wavelengthsDecinanometres, raw: raw,
            white: [UInt16](repeating: white, count: raw.count), dark: [UInt16](repeating: dark, count: raw.count),
            integrationMicroseconds: 1000)
    }
}

func shippedModel() throws -> SpectralModel {
    try SpectralModel(json: try Files.read(Files.model), file: "spectrometer.json")
}

func shippedLEDModel() throws -> SpectralModel {
    try SpectralModel(json: try Files.read(Files.ledModel), file: "led-8.json")
}

/// What an 8-LED head sees: one number per band, 1 is white.
func ledSpectrum(_ reflectance: [Double]) -> Spectrum {
    Spectrum(
        wavelengthsDecinanometres: NIRHeadKind.led8.bandsNanometres.map { UInt16($0 * 10) },
        raw: reflectance.map { UInt16(1000 + 20_000 * $0) },
        white: [UInt16](repeating: 21_000, count: reflectance.count),
        dark: [UInt16](repeating: 1000, count: reflectance.count), integrationMicroseconds: 1000)
}

/// Made from a class's mean: its shape times a usual contrast, at half the light of white.
func typicalLED(_ material: Material, _ model: SpectralModel) throws -> Spectrum {
    let entry = try #require(model.content.classes.first { $0.material == material })
    return ledSpectrum(entry.mean.prefix(8).map { 0.5 * (1 + 0.12 * $0) })
}

let sampleCatalogue = Catalogue(
    version: "test",
    types: [
        PackagingType(
            id: "cup-pp", name: "Reusable cup", material: .pp, massMilligrams: 35_000, massToleranceMilligrams: 2000,
            isReusable: true, tagClass: TagClass(key: .grai, firstTag: 1000, lastTag: 1999)),
        PackagingType(
            id: "box-pp", name: "Reusable box", material: .pp, massMilligrams: 180_000, massToleranceMilligrams: 6000,
            isReusable: true, tagClass: TagClass(key: .grai, firstTag: 2000, lastTag: 2999)),
        PackagingType(
            id: "bottle-pet", name: "Bottle", material: .pet, massMilligrams: 26_000, massToleranceMilligrams: 2000,
            isReusable: false),
        PackagingType(
            id: "can-aluminium", name: "Can", material: .aluminium, massMilligrams: 13_500,
            massToleranceMilligrams: 1000, isReusable: false),
        PackagingType(
            id: "tin-steel", name: "Tin", material: .steel, massMilligrams: 55_000, massToleranceMilligrams: 3000,
            isReusable: false),
        PackagingType(
            id: "bottle-glass", name: "Glass bottle", material: .glass, massMilligrams: 320_000,
            massToleranceMilligrams: 10_000, isReusable: false),
        PackagingType(
            id: "tray-fibre", name: "Tray", material: .fibre, massMilligrams: 21_000, massToleranceMilligrams: 1500,
            isReusable: false),
    ])

func sampleClassifier() throws -> MaterialClassifier {
    MaterialClassifier(model: try shippedModel(), catalogue: sampleCatalogue, options: FusionOptions())
}

/// Readings by what they say; nil is missing.
func evidence(
    tag: TagReading? = nil, milligrams: Int64? = nil, spectrum: Spectrum? = nil, metal: Bool? = nil,
    presence: Bool? = true
) -> Evidence {
    let now = Instant.zero
    var evidence = Evidence()
    evidence.tag = tag.map { .good($0, at: now) } ?? .missing
    evidence.mass = milligrams.map { .good(Mass(milligrams: $0), at: now) } ?? .missing
    evidence.spectrum = spectrum.map { .good($0, at: now) } ?? .missing
    evidence.metal = metal.map { .good($0, at: now) } ?? .missing
    evidence.presence = presence.map { .good($0, at: now) } ?? .missing
    return evidence
}

extension TagReading {
    static func number(_ number: UInt32) -> TagReading {
        Tag(number: number).map(TagReading.tag) ?? .noTag
    }
}
