import Foundation
import MaterialModel
import SimulatedStation
import StationConfig
import Vocabulary

/// The files that the repository ships, read as the executables read them.
public enum Shipped {
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    public static func text(_ path: String) -> String {
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }

    public static let catalogue: Catalogue = {
        let file = "config/catalogue.yaml"
        do {
            return try CatalogueReader.read(text: text(file), file: file)
        } catch {
            fatalError("\(error)")
        }
    }()

    public static let intake: IntakeSettings = {
        let file = "config/rs-1-sim.yaml"
        do {
            return try StationConfigReader.read(text: text(file), file: file).intake
        } catch {
            fatalError("\(error)")
        }
    }()

    public static let spectra: SpectraLibrary = {
        let file = "config/models/spectra-statistics.json"
        do {
            return try SpectraLibrary(json: Data(text(file).utf8), file: file)
        } catch {
            fatalError("\(error)")
        }
    }()

    public static let classifier: MaterialClassifier = {
        let file = "config/models/spectrometer.json"
        do {
            let model = try SpectralModel(json: Data(text(file).utf8), file: file)
            return MaterialClassifier(model: model, catalogue: catalogue)
        } catch {
            fatalError("\(error)")
        }
    }()

    public static func scenario(_ name: String) throws -> Scenario {
        let file = "Simulator/scenarios/\(name).yaml"
        return try ScenarioReader(catalogue: catalogue, spectra: spectra).read(text: text(file), file: file)
    }
}
