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

    /// - Parameter file: the statistics, or `synthetic`; nil: those of the head's kind beside the catalogue.
    func readSpectra(_ file: String?, of kind: NIRHeadKind) throws -> SpectraLibrary {
        if file == "synthetic" { return .synthetic(for: kind) }
        let folder = URL(filePath: catalogue).deletingLastPathComponent()
        let file = file ?? folder.appending(path: SpectraLibrary.shippedFile(for: kind)).path
        let library = try SpectraLibrary(json: readData(file), file: file)
        guard library.wavelengthsDecinanometres.count == kind.bandCount else {
            throw SimulatorError(
                "\(file): has \(library.wavelengthsDecinanometres.count) bands, and \(kind.phrase) was asked for; "
                    + "give the statistics of that head with --spectra")
        }
        return library
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

/// The kinds of heads by the words of the command line.
enum HeadOption: String, CaseIterable, ExpressibleByArgument {
    case spectrometer, led8

    var kind: NIRHeadKind {
        switch self {
        case .spectrometer: .spectrometer
        case .led8: .led8
        }
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
