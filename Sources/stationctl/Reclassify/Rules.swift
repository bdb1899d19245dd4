import FoundationEssentials
import MaterialModel
import Station
import StationConfig
import Vocabulary

/// What a station decides by: read and put together as the daemon does it.
struct Rules {
    var classifier: MaterialClassifier
    var intake: IntakeSettings
    var catalogueFile: String
    var modelFile: String

    /// - Parameters:
    ///   - configuration: its routes and bins are used, and what the other two do not replace.
    ///   - catalogue: a catalogue in place of the configuration's.
    ///   - model: a spectral model in place of the configuration's.
    /// - Throws: sentences on everything that is wrong with a file.
    init(configuration: String, catalogue: String?, model: String?) throws(RulesError) {
        let settings = try Self.reading(configuration, option: "--config") { text throws in
            try StationConfigReader.read(text: text, file: configuration) { path throws(UnreadableFile) in
                try ConfigCheck.text(of: path)
            }
        }
        let (catalogueFile, modelFile) = (catalogue ?? settings.catalogueFile, model ?? settings.modelFile)
        let types = try Self.reading(catalogueFile, option: "--catalogue") { text throws in
            try CatalogueReader.read(text: text, file: catalogueFile)
        }
        let spectra = try Self.reading(modelFile, option: "--model") { text throws in
            try SpectralModel(json: Data(text.utf8), file: modelFile)
        }
        classifier = MaterialClassifier(model: spectra, catalogue: types)
        intake = settings.intake
        (self.catalogueFile, self.modelFile) = (catalogueFile, modelFile)
    }

    private static func reading<Value>(
        _ path: String, option: String, _ decode: (String) throws -> Value
    ) throws(RulesError) -> Value {
        do {
            return try decode(try ConfigCheck.text(of: path))
        } catch let error as UnreadableFile {
            throw RulesError(
                message: "\(path): the file cannot be read: \(error.reason). Name another one with \(option).")
        } catch {
            throw RulesError(message: "\(error)")
        }
    }

    /// What these rules say of the evidence, as the station's own passage asks for it.
    ///
    /// - Parameter isBinFull: whether the bins count as full.
    func verdict(on evidence: Evidence, isBinFull: Bool) -> Verdict {
        VerdictPolicy.verdict(
            on: classifier.classify(evidence), settings: intake,
            fullBins: isBinFull ? Set(intake.bins.map(\.id)) : [])
    }
}

/// Why there are no rules to decide by: sentences.
struct RulesError: Error {
    var message: String
}
