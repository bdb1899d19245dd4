import Foundation
import MaterialModel
import SimulatedStation
import StationConfig
import Exploration
import StationPorts
import Vocabulary

/// The files that the repository ships, read as the executables read them.
enum Shipped {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    static func text(_ path: String) -> String {
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }

    static let catalogue: Catalogue = {
        let file = "config/catalogue.yaml"
        do {
            return try CatalogueReader.read(text: text(file), file: file)
        } catch {
            fatalError("\(error)")
        }
    }()

    static let intake: IntakeSettings = {
        let file = "config/rs-1-sim.yaml"
        do {
            return try StationConfigReader.read(text: text(file), file: file).intake
        } catch {
            fatalError("\(error)")
        }
    }()

    static let spectra: SpectraLibrary = {
        let file = "config/models/spectra-statistics.json"
        do {
            return try SpectraLibrary(json: Data(text(file).utf8), file: file)
        } catch {
            fatalError("\(error)")
        }
    }()

    static let classifier: ModelClassifier = {
        let file = "config/models/spectrometer-128.json"
        do {
            let model = try SpectralModel(json: Data(text(file).utf8), file: file)
            return ModelClassifier(
                inner: MaterialClassifier(model: model, catalogue: catalogue, options: FusionOptions()))
        } catch {
            fatalError("\(error)")
        }
    }()

    static let materials = ExplorationMaterials(
        intake: intake, catalogue: catalogue, spectra: spectra, classifier: classifier)
}

/// The model behind the port.
struct ModelClassifier: Classifier {
    let inner: MaterialClassifier
    func classify(_ evidence: Evidence) -> Classification { inner.classify(evidence) }
}
