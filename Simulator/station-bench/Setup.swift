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

    let equipment: StationEquipment

    init(folder: String, station: ShippedStation) throws {
        func contents(_ path: String) throws -> Data {
            guard let data = try? Data(contentsOf: URL(filePath: path)) else {
                throw ValidationError("\(path) cannot be read: name the folder with --config.")
            }
            return data
        }
        func text(_ path: String) throws -> String { String(decoding: try contents(path), as: UTF8.self) }
        let configuration = "\(folder)/\(station.rawValue)-sim.yaml"
        let settings = try StationConfigReader.read(text: text(configuration), file: configuration)
        intake = settings.intake
        var equipment = StationEquipment()
        if let head = settings.intake.nirHead { equipment.nirHead = head }
        self.equipment = equipment
        // A full bin would end the run: nobody exchanges bins in a benchmark, so no level counts as full.
        intake.binFullLevelPercent = 101
        catalogue = try CatalogueReader.read(text: text(settings.catalogueFile), file: settings.catalogueFile)
        let statistics = "\(folder)/\(SpectraLibrary.shippedFile(for: equipment.nirHead))"
        spectra = try SpectraLibrary(json: contents(statistics), file: statistics)
        classifier = MaterialClassifier(
            model: try SpectralModel(json: contents(settings.modelFile), file: settings.modelFile),
            catalogue: catalogue)
    }
}

extension Setup {
    func world(of scenario: Scenario) -> WorldSettings {
        var world = scenario.worldSettings(spectra: spectra)
        world.equipment = equipment
        return world
    }
}

/// The stations whose configuration is shipped, by its name.
enum ShippedStation: String, CaseIterable, ExpressibleByArgument {
    case spectrometer = "rs-1"
    case led8 = "rs-1l"
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
