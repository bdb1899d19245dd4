import FoundationEssentials
import Ledger
import MaterialModel
import ModelTraining
import OperatorAPI
import ShippedFiles
import SimulatedStation
import TestSupport
import Testing
import Vocabulary

@testable import stationctl

/// What `stationctl model` and `stationctl returns show` print.
struct ModelTextTests {
    private func model(_ name: String) throws -> SpectralModel {
        try SpectralModel(json: Data(Shipped.text("config/models/\(name)").utf8), file: name)
    }

    @Test(arguments: [("spectrometer.json", "a spectrometer"), ("led-8.json", "an 8-LED head")])
    func `a model is shown with bands, classes, limits, origin and evaluation`(name: String, head: String) throws {
        let text = modelText(try model(name), file: name, bytes: 1234)
        for part in [
            "head ", head, "sha256", "1234 bytes", "to 1720.0 nm", "scans made public by the Plastic Scanner project",
            "carry no licence", "pet ", "accuracy by object", "95 % interval", "leave one object out", "named wrongly:",
            "unreadable below",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(text.contains("a class is excluded below probability"))
        #expect(text.split(separator: "\n").allSatisfy { $0.last != " " })
    }

    @Test func `what an 8-LED head's model does with one, two and three placements is shown`() throws {
        let text = modelText(try model("led-8.json"), file: "led-8.json", bytes: 1)
        let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("calibration") })
        #expect(row.contains("1: sharpening 1.80, smoothing 0.06; 2: ") && row.contains("; 3 or more: sharpening "))
        let decided = try #require(text.split(separator: "\n").first { $0.hasPrefix("decided from probability") })
        #expect(decided.contains("1: 0.952; 2: 0.966; 3 or more: 0.948"))
    }

    private static let table = """
        session,object,material,refl_940,refl_1050,refl_1200,refl_1300,refl_1450,refl_1550,refl_1650,refl_1720
        s,cup,PP,0.7792,0.7014,0.5606,0.5654,0.4442,0.437,0.4218,0.4006
        s,cup,PP,0.7801,0.7021,0.561,0.566,0.4446,0.4375,0.4221,0.401
        s,thing,unknown,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5
        s,ruler,PMMA,0.02,0.02,0.02,0.02,0.02,0.02,0.02,0.02
        """

    @Test func `an evaluation shows every object and the figures of those that are known`() throws {
        let file = try SpectraFile(data: Data(Self.table.utf8), name: "things.csv")
        let found = try HeldOut(try model("led-8.json"), on: file, isFile: true, leftOut: 0, seed: 1)
        let text = heldOutText(found)
        #expect(text.hasPrefix("things.csv: 3 objects, 4 scans, judged by the model "))
        let rows = text.split(separator: "\n")
        #expect(rows.contains { $0.hasPrefix("cup") && $0.contains("familiar") })
        #expect(rows.contains { $0.hasPrefix("thing") && $0.contains("flat") && $0.contains("no") })
        #expect(rows.contains { $0.hasPrefix("ruler") && $0.contains("unreadable") })
        #expect(text.contains("foreign objects refused") && text.contains("1 of 1"))
        #expect(!text.contains("nan"))
    }

    @Test func `data of another head is refused in a sentence`() throws {
        let file = try SpectraFile(data: Data(Self.table.utf8), name: "things.csv")
        let error = try #require(throws: TrainingError.self) {
            try HeldOut(try model("spectrometer.json"), on: file, isFile: true, leftOut: 0, seed: 1)
        }
        #expect(
            error.message
                == "things.csv: its reflectances are those of an 8-LED head, the model is one of a spectrometer. Evaluate "
                + "with the model of that head.")
    }

    @Test func `an evaluation needs something to judge by`() {
        #expect(throws: (any Error).self) { try ModelCommand.Evaluate.parse(["--data", "x.csv"]) }
        #expect(throws: (any Error).self) {
            try ModelCommand.Evaluate.parse(["--data", "x.csv", "--train", "y.csv", "--leave-one-out"])
        }
        #expect(throws: Never.self) { try ModelCommand.Evaluate.parse(["--data", "x.csv", "--train", "y.csv"]) }
        #expect(throws: Never.self) { try ModelCommand.Evaluate.parse(["--data", "x.csv", "--transfer"]) }
        for odd in [["--train", "y.csv"], ["--leave-one-out"]] {
            #expect(throws: (any Error).self) {
                try ModelCommand.Evaluate.parse(["--data", "x.csv", "--transfer"] + odd)
            }
        }
        #expect(throws: (any Error).self) {
            try ModelCommand.Train.parse(["--head", "nose", "--data", "x", "--output", "y"])
        }
    }

    @Test func `the decision on an item is explained by each piece of evidence and its spectrum`() throws {
        let cup = SimulatedItem(name: "cup", material: .pp, lengthMillimetres: 60, massMilligrams: 12_000)
        let shift = try ShiftLedger(Scenario(seed: 1, items: [cup]))
        var decisions: [StoredDecision] = []
        try LedgerReplay(directory: shift.directory).run { decisions.append($0) }
        let decision = try #require(decisions.first)
        let text = explanationText(
            try ReturnExplanation(of: decision.sequence, decision, by: Shipped.classifier))
        for part in [
            "entry", "decided", "WITHOUT".lowercased(), "metal", "spectrum", "novelty score", "contrast",
            "refused below",
            "off its mean", "nm", "spreads",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        // Nothing, tag, mass, metal, spectrum: the result with all of them, and what each one did.
        let results = text.split(separator: "\n").compactMap { row -> Substring? in
            ["nothing", "tag", "mass", "metal", "spectrum"].contains { row.hasPrefix($0 + " ") } ? row : nil
        }
        #expect(results.count == 6, "\(text)")
        #expect(results[0].contains("pp, recycling") && results[2].contains("noEvidence"), "\(text)")
        #expect(results[4].contains("lowConfidence") && results[5].contains("familiar to the spectrometer"), "\(text)")
    }

    @Test func `what cannot be explained is refused with the reason`() {
        let pruned = StoredDecision(
            sequence: 7, wallTime: WallTime(unixMilliseconds: 0, isTrusted: true),
            verdict: .reject(Rejection(reason: .lowConfidence, material: .pp)), evidence: nil)
        let nothing = #expect(throws: ExplanationRefusal.self) {
            try ReturnExplanation(of: 7, nil, by: Shipped.classifier)
        }
        #expect(
            nothing?.sentence
                == "Entry 7 of the ledger decides on no item. `stationctl returns` lists those that do.")
        let gone = #expect(throws: ExplanationRefusal.self) {
            try ReturnExplanation(of: 7, pruned, by: Shipped.classifier)
        }
        #expect(gone?.sentence == "The readings of entry 7 have been pruned; its decision cannot be explained.")
    }

    @Test(arguments: [
        (0.12345, 3, "0.123"), (-0.0004, 3, "0.000"), (-1.5, 0, "-2"), (12.3456, 2, "12.35"), (0.999, 2, "1.00"),
    ])
    func `numbers have the digits that are asked for`(value: Double, digits: Int, text: String) {
        #expect(decimalText(value, digits: digits) == text)
    }
}
