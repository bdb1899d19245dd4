import ArgumentParser
import FoundationEssentials
import SimulatedStation
import StationConfig
import Vocabulary

/// What the items are made from: the catalogue and the spectra.
struct ScenarioSource: ParsableArguments {
    @Option(help: "The catalogue of packaging types.")
    var catalogue = "config/catalogue.yaml"

    @Option(help: "Seed of everything that is drawn by chance.")
    var seed: UInt64 = 1

    func readCatalogue() throws -> Catalogue {
        try CatalogueReader.read(text: readText(catalogue), file: catalogue)
    }

    /// The scenario of `--random`: items of a crowd, and an attendant.
    func randomScenario(count: Int) throws -> Scenario {
        guard (1...Scenario.itemsLimit).contains(count) else {
            throw ValidationError("--random \(count) is not within 1 to \(Scenario.itemsLimit)")
        }
        var generator = ItemGenerator(catalogue: try readCatalogue(), seed: seed)
        return Scenario(seed: seed, items: generator.items(count: count), attendantComesAfter: .seconds(10))
    }
}

/// A whole file as text.
func readText(_ path: String) throws -> String {
    String(decoding: try readData(path), as: UTF8.self)
}

func readData(_ path: String) throws -> Data {
    do {
        return try Data(contentsOf: URL(filePath: path))
    } catch {
        throw SimulatorError("\(path): could not be read (\(error)); check the path and its permissions")
    }
}

/// What was tried, on what, what came back, and what to do.
struct SimulatorError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
