import FoundationEssentials
import Hardware
import MaterialModel
import ModelTraining
import ShippedFiles
import StationConfig
import TestSupport
import Testing
import Vocabulary

@testable import stationctl

/// `stationctl calibrate nir`: the conversation, the table it keeps, and what is told in the end.
struct CalibrationTests {
    private static let items = [NamedItem(material: .pet, name: "bottle-1"), NamedItem(material: .pp, name: "cup-1")]

    private func model(_ name: String = "led-8.json") throws -> SpectralModel {
        try SpectralModel(json: Data(Shipped.text("config/models/\(name)").utf8), file: name)
    }

    private func spectrum(_ kind: NIRHeadKind = .led8, level: UInt16 = 9000, slope: UInt16 = 500) -> Spectrum {
        let bands = kind.wavelengthsDecinanometres
        return Spectrum(
            wavelengthsDecinanometres: bands,
            raw: bands.indices.map { level + slope * UInt16($0 % 3) },
            white: bands.map { _ in 20_600 }, dark: bands.map { _ in 600 }, integrationMicroseconds: 2000)
    }

    private final class World {
        var orders: [String] = []
        var said: [String] = []
        var kept: [String] = []
        var references = 0
        var spectra: [Result<Spectrum, HeadConsole.Failure>] = []
        var referenceFailures = 0
        /// Nil: for ever.
        var patience: Int?
    }

    private func run(_ world: World, usual: Spectrum) throws -> String? {
        let model = try model()
        let session = MeasuringSession(
            model: model,
            table: PlacementTable(
                head: .led8, bandsNanometres: model.content.bandsNanometres, session: "rs-1 2026-05-04 10:00:00Z",
                device: "nir-head"),
            items: Self.items, placements: 2
        ) { "because \($0)" }
        return try session.run(
            MeasuringSession.Surroundings(
                ask: { order in
                    world.orders.append(order)
                    return world.patience.map { world.orders.count <= $0 } ?? true
                },
                say: { world.said.append($0) },
                takeReferences: { () throws(HeadConsole.Failure) in
                    world.references += 1
                    if world.references <= world.referenceFailures { throw .reading(.refused) }
                },
                measure: { () throws(HeadConsole.Failure) in
                    world.spectra.isEmpty ? usual : try world.spectra.removeFirst().get()
                },
                keep: { (line: String) throws(TrainingError) in world.kept.append(line) }))
    }

    @Test func `each item is asked for, placed again, and kept at once in a table that a model can be trained from`()
        throws
    {
        let world = World()
        let text = try #require(try run(world, usual: spectrum()))
        #expect(
            world.orders == [
                "1 of 2: bottle-1 (pet), put it before the head (1 of 2)",
                "1 of 2: bottle-1 (pet), take it off and put it there again, turned a little (2 of 2)",
                "2 of 2: cup-1 (pp), put it before the head (1 of 2)",
                "2 of 2: cup-1 (pp), take it off and put it there again, turned a little (2 of 2)",
            ])
        #expect(world.said.isEmpty && world.references == 2)
        #expect(text == world.kept.joined(separator: "\n") + "\n")
        let file = try SpectraFile(data: Data(text.utf8), name: "kept.csv")
        #expect(
            file.head == .led8 && file.complaints.isEmpty && file.channelsNanometres == NIRHeadKind.led8.bandsNanometres
        )
        let found = try KnownItem.items(of: file, for: try model())
        #expect(found.map(\.name) == ["bottle-1", "cup-1"] && found.map(\.place) == [0, 2])
        #expect(found.allSatisfy { $0.sessions == ["rs-1 2026-05-04 10:00:00Z"] && $0.placements.count == 2 })
        #expect(abs(file.scans[0].values[1] - 8900.0 / 20_000) < 1e-6)
    }

    @Test func `a table of the spectrometer is one of its 128 bands`() throws {
        let model = try model("spectrometer.json")
        let table = PlacementTable(
            head: .spectrometer, bandsNanometres: model.content.bandsNanometres, session: "s", device: "head")
        let spectrum = spectrum(.spectrometer)
        let line = table.line(Self.items[1], rep: 1, spectrum, reflectance: try #require(spectrum.reflectance))
        let file = try SpectraFile(data: Data("\(table.header)\n\(line)\n".utf8), name: "x.csv")
        #expect(file.head == .spectrometer && file.channelsNanometres.count == 128 && file.complaints.isEmpty)
        #expect(try KnownItem.items(of: file, for: model).map(\.name) == ["cup-1"])
    }

    @Test func `what cannot be read is said and asked for again, and never kept`() throws {
        let world = World()
        var clipped = spectrum()
        clipped.raw = clipped.raw.map { _ in .max }
        world.spectra = [
            .success(spectrum(level: 700, slope: 0)), .success(spectrum(level: 9000, slope: 0)), .success(clipped),
            .success(spectrum(.spectrometer)), .failure(.reading(.timeout)), .failure(.exchange(.timeout)),
        ]
        world.referenceFailures = 1
        let text = try #require(try run(world, usual: spectrum()))
        #expect(world.kept.count == 5 && text.split(separator: "\n").count == 5)
        try #require(world.said.count == 7)
        #expect(world.said[0] == "The references were not taken. because reading(Vocabulary.ReadingFailure.refused)")
        #expect(
            world.said[1]
                == "This placement cannot be read: it reflects 0.5 % of the light, at least 4.0 % are needed. Nothing lies "
                + "before the head, or it is black. It is not used; put the item there again.")
        #expect(world.said[2].hasPrefix("This placement cannot be read: its spectrum is a straight line"))
        #expect(world.said[3].hasPrefix("This placement cannot be read: more than four bands are clipped"))
        #expect(world.said[4].hasPrefix("The NIR head's spectrum was compared with the model: it has 128"))
        #expect(world.said[5].hasPrefix("Nothing was measured. because"))
        #expect(world.orders.count == 1 + 4 + 6)
    }

    @Test func `whoever ends it keeps what was measured`() throws {
        let world = World()
        world.patience = 3
        #expect(try run(world, usual: spectrum()) == nil)
        #expect(world.kept.count == 4)
    }

    @Test func `a table of measurements is never overwritten`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/kept.csv"
        let file = try LineFile(creating: path)
        try file.write("a,b")
        let error = #expect(throws: TrainingError.self) { _ = try LineFile(creating: path) }
        #expect(
            error?.message
                == "\(path): the file for the measurements could not be made: File exists. Name another with --record, or "
                + "give it with --data if its measurements are to be used.")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "a,b\n")
    }

    @Test(arguments: ["bottle", "wood:plank", "pet:", "pet:a,b", "pet:ü", "pp:" + String(repeating: "x", count: 41)])
    func `an item is a material and a name that a table can hold`(text: String) {
        #expect(NamedItem(argument: text) == nil)
        #expect(NamedItem(argument: "PET:bottle_1.a") == NamedItem(material: .pet, name: "bottle_1.a"))
    }

    @Test(arguments: [
        ["--output", "x.json", "--config", "s.yaml"], ["--output", "x.json", "--data", "a.csv"],
        ["--output", "x.json", "--item", "pet:a", "--model", "m.json"], ["--item", "pet:a", "--config", "s.yaml"],
        ["--output", "x.json", "--config", "s.yaml", "--item", "pet:a", "--item", "pp:a"],
        ["--output", "x.json", "--config", "s.yaml", "--item", "pet:a", "--placements", "11"],
    ])
    func `a command that cannot be carried out is refused`(arguments: [String]) {
        #expect(throws: (any Error).self) { try CalibrateNIRCommand.parse(arguments) }
        #expect(throws: Never.self) {
            try CalibrateNIRCommand.parse(["--output", "x.json", "--model", "m.json", "--data", "a.csv", "b.csv"])
        }
    }

    private func adaptation(before: Double, after: Double, wrong: Int = 0) -> ModelAdaptation {
        func verdict(_ probability: Double, _ isWrong: Bool) -> ModelAdaptation.Verdict {
            ModelAdaptation.Verdict(named: isWrong ? .ps : .pet, probability: probability, isDecided: isWrong)
        }
        return ModelAdaptation(
            baseSHA256: String(repeating: "a", count: 64), softening: wrong > 0 ? 0.45 : 1,
            items: (0..<4).map { number in
                ModelAdaptation.Item(
                    object: "bottle-\(number)", material: .pet, sessions: ["s"], placements: 3,
                    before: verdict(before, false), after: verdict(after, number < wrong))
            })
    }

    @Test func `the end says what the known items show, what was written and what to do next`() {
        var outcome = CalibrationOutcome(
            ending: .written, file: "out.json", sha256: "ab", adaptation: adaptation(before: 0.4, after: 0.8))
        let text = calibrationText(outcome, path: "/x/out.json", head: .led8, config: "station.yaml")
        #expect(text.contains("bottle-0    pet                3  pet             0.400  no       pet"))
        #expect(text.contains("named rightly                  4 of 4 before, 4 after"))
        #expect(
            text.hasSuffix(
                "out.json was written. Put `model: /x/out.json` into station.yaml, look at it with `stationctl config check`, "
                    + "and restart the daemon with `systemctl restart return-station`: a reload does not change the model."
            ))
        outcome.adaptation = adaptation(before: 0.8, after: 0.7, wrong: 1)
        outcome.ending = .notBetter
        let worse = calibrationText(outcome, path: "/x/out.json", head: .led8, config: nil)
        #expect(
            worse.contains(
                "Nothing was written: calibrated, the model is no surer of what the known items are than before. Keep the "
                    + "model as it is."))
        #expect(worse.contains("1 of the 4 known items would still be decided wrongly"))
        #expect(worse.contains("to the power 0.45") && !text.contains("to the power"))
        #expect(worse.split(separator: "\n").allSatisfy { $0.last != " " })
    }

    @Test func `an adapted model is shown with its known items, beside what it was trained on`() throws {
        let base = try model()
        var content = base.content
        content.adaptation = adaptation(before: 0.4, after: 0.8)
        let adapted = try SpectralModel(json: try ModelFile.encode(content), file: "adapted.json")
        let text = modelText(adapted, file: "adapted.json", bytes: 1)
        #expect(
            text.contains(
                "adapted to a head by 4 known items (s), from the model \(String(repeating: "a", count: 64)), whose figures "
                    + "stand above:\n\nknown item"))
        #expect(text.contains("scans made public by the Plastic Scanner project"))
        #expect(!modelText(base, file: "led-8.json", bytes: 1).contains("adapted"))
    }
}
