import ArgumentParser
import FoundationEssentials
import SimulatedStation
import Vocabulary

/// Prints spectra as the station's head would measure them, in the columns of the measured ones.
struct SpectraCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spectra",
        abstract: "Draws items from the spectra statistics and prints their reflectances as CSV.",
        discussion: """
            Each item is put before the head several times; the references are taken once for each item. The columns \
            are those of the measured scans: session, object, material, rep, dark_corrected, and a reflectance for \
            each band (r_<nanometres> of the spectrometer; raw_, white_ and refl_<nanometres> of the 8-LED head).
            """)

    @Option(help: "The statistics; without it those of the head's kind beside the catalogue.")
    var spectra: String?

    @OptionGroup var source: ScenarioSource

    @Option(help: "The near-infrared head: `spectrometer` or `led8`.")
    var nirHead = HeadOption.spectrometer

    @Option(help: "Classes with the number of items of each, such as pet:24,hdpe:22,pp:40,ps:14.")
    var items: String

    @Option(help: "How often each item is put before the head, 1 to 100.")
    var placements = 3

    static let itemsRange = 1...10_000

    func validate() throws {
        guard (1...100).contains(placements) else {
            throw ValidationError("--placements \(placements) is not within 1 to 100")
        }
        _ = try classes()
    }

    func run() throws {
        let library = try source.readSpectra(spectra, of: nirHead.kind)
        for entry in try classes() where !library.knows(entry.name) {
            throw ValidationError(
                "--items: there is no class \"\(entry.name)\"; there are: \(library.names.joined(separator: ", "))")
        }
        var sampler = SpectraSampler(library: library, kind: nirHead.kind, seed: source.seed)
        print(header)
        var number = 0
        for entry in try classes() {
            for item in 1...entry.count {
                number += 1
                sampler.takeReferences()
                for (rep, spectrum) in sampler.measure(entry.name, item: number, placements: placements).enumerated() {
                    let material = entry.name.uppercased()
                    print("simulated,sim:\(entry.name)-\(item),\(material),\(rep + 1),1,\(values(spectrum))")
                }
            }
        }
    }

    private func classes() throws -> [(name: String, count: Int)] {
        try items.split(separator: ",").map { part in
            let pair = part.split(separator: ":")
            guard pair.count == 2, let count = Int(pair[1]), Self.itemsRange.contains(count) else {
                throw ValidationError(
                    "--items: \"\(part)\" is not a class with a number of 1 to 10000, such as pet:24")
            }
            return (String(pair[0]), count)
        }
    }

    private var header: String {
        let bands = nirHead.kind.wavelengthsDecinanometres
        let columns: [String] =
            switch nirHead.kind {
            case .spectrometer: bands.map { "r_\($0 / 10).\($0 % 10)" }
            case .led8: bands.flatMap { band in ["raw", "white", "refl"].map { "\($0)_\(band / 10)" } }
            }
        return "session,object,material,rep,dark_corrected," + columns.joined(separator: ",")
    }

    private func values(_ spectrum: Spectrum) -> String {
        spectrum.raw.indices.map { band in
            let raw = Int(spectrum.raw[band]) - Int(spectrum.dark[band])
            let white = max(1, Int(spectrum.white[band]) - Int(spectrum.dark[band]))
            let reflectance = "\(Double(raw * 1_000_000 / white) / 1_000_000)"
            return switch nirHead.kind {
            case .spectrometer: reflectance
            case .led8: "\(raw),\(white),\(reflectance)"
            }
        }.joined(separator: ",")
    }
}
