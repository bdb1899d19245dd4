import ArgumentParser
import FoundationEssentials
import Logging
import MaterialModel
import SimulatedStation
import StationConfig
import Vocabulary

/// The shipped files that a whole station needs.
struct Setup {
    var intake: IntakeSettings
    var catalogue: Catalogue
    var spectra: SpectraLibrary
    var classifier: MaterialClassifier

    init(folder: String) throws {
        func contents(_ name: String) throws -> Data {
            guard let data = try? Data(contentsOf: URL(filePath: "\(folder)/\(name)")) else {
                throw ValidationError("\(folder)/\(name) cannot be read: name the folder with --config.")
            }
            return data
        }
        func text(_ name: String) throws -> String { String(decoding: try contents(name), as: UTF8.self) }
        intake = try StationConfigReader.read(text: text("rs-1-sim.yaml"), file: "\(folder)/rs-1-sim.yaml").intake
        // A full bin would end the run: nobody exchanges bins in a benchmark, so no level counts as full.
        intake.binFullLevelPercent = 101
        catalogue = try CatalogueReader.read(text: text("catalogue.yaml"), file: "\(folder)/catalogue.yaml")
        let statistics = "models/spectra-statistics.json"
        spectra = try SpectraLibrary(json: contents(statistics), file: "\(folder)/\(statistics)")
        let model = "models/spectrometer.json"
        classifier = MaterialClassifier(
            model: try SpectralModel(json: contents(model), file: "\(folder)/\(model)"), catalogue: catalogue)
    }
}

extension VirtualClock {
    /// Virtual wall time: the run begins on 2026-01-01.
    var wallTime: WallTime {
        WallTime(unixMilliseconds: 1_767_225_600_000 + now.nanoseconds / 1_000_000, isTrusted: true)
    }
}

extension Logger {
    static let silent = Logger(label: "silent", factory: { _ in SwiftLogNoOpLogHandler() })
}
