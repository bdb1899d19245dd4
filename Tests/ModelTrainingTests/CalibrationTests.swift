import Foundation
import MaterialModel
import SmallNumerics
import Testing

@testable import ModelTraining

struct CalibrationTests {
    /// Another board: each band answers otherwise, so much that a trained model errs.
    private static let tilt = [1, 0.88, 1.1, 0.9, 1.12, 0.86, 1.05, 0.9]

    private static let base: SpectralModel? = {
        let data = MadeUp.leds.table(objects: 8, placements: 3)
        let bytes = try? makeModelFile(
            [TrainingSource(name: "made-up.csv", data: Data(data.utf8))],
            notes: TrainingNotes(origin: "made up", licence: "none"), seed: 1)
        return bytes.flatMap { try? SpectralModel(json: $0, file: "made-up.json") }
    }()

    private func board(objects: Int, seed: UInt64 = 5, placements: Int = 3) throws -> SpectraFile {
        var data = MadeUp.leds
        data.session = "another board"
        var file = try data.file(objects: objects, placements: placements, foreign: 0, seed: seed)
        for index in file.scans.indices {
            file.scans[index].values = zip(file.scans[index].values, Self.tilt).map { $0 * $1 }
        }
        return file
    }

    private func right(_ model: SpectralModel, _ items: [KnownItem]) -> Int {
        items.count { model.verdict(on: $0).named == model.materials[$0.place] }
    }

    @Test func `known items raise what a model names rightly on another board, unseen items and left-out ones`() throws
    {
        let base = try #require(Self.base)
        let known = try KnownItem.items(of: try board(objects: 3), for: base)
        let unseen = try KnownItem.items(of: try board(objects: 6, seed: 77), for: base)
        let found = try Calibration(of: base, by: known)
        let (before, after) = (right(base, unseen), right(found.model, unseen))
        #expect(before <= 16 && after >= 22, "\(before) before, \(after) after, of 24")
        #expect(found.adaptation.isBetter(head: .led8))
        #expect(found.adaptation.after.right > found.adaptation.before.right)
        // What is used to decide is the base's, as it was, but for how sure it may be.
        guard case .led8(let old) = base.content.parameters, case .led8(let new) = found.model.content.parameters
        else { return #expect(Bool(false)) }
        var kept = old
        kept.predictor = new.predictor
        kept.calibrations = new.calibrations
        #expect(kept == new)
        expectSoftened(old, new, by: found.adaptation.softening)
    }

    @Test func `a model that is surer than right is softened, one that is right is not`() {
        let sure = [0.98, 0.01, 0.005, 0.005]
        let right = (0..<8).map { _ in Softening.Judged(probabilities: sure, place: 0) }
        #expect(Softening.factor(right) == 1 && Softening.factor([]) == 1)
        let half = (0..<8).map { Softening.Judged(probabilities: sure, place: $0 % 2) }
        #expect(Softening.factor(half) < 0.5)
        // One error of many says little.
        let one = (0..<8).map { Softening.Judged(probabilities: [0.6, 0.3, 0.05, 0.05], place: $0 == 0 ? 1 : 0) }
        #expect(Softening.factor(one) > 0.8)
    }

    @Test func `an item with a wrong label is told from what the others teach, and makes the model less sure`() throws {
        let base = try #require(Self.base)
        var known = try KnownItem.items(of: try board(objects: 3), for: base)
        // HDPE and PET, as if their codes had been read wrongly.
        for index in [0, 3] { known[index].place = 3 }
        let found = try Calibration(of: base, by: known)
        for item in found.adaptation.items where item.material == .ps && !item.object.hasPrefix("PS") {
            // What has learned the item itself believes its label more.
            let own = try #require(known.first { $0.name == item.object })
            let learned = found.model.verdict(on: own).probability
            #expect(item.after.named != .ps && item.after.probability < learned - 0.05, "\(item.object), \(learned)")
        }
        #expect(found.adaptation.softening < 1)
        guard case .led8(let old) = base.content.parameters, case .led8(let new) = found.model.content.parameters
        else { return #expect(Bool(false)) }
        expectSoftened(old, new, by: found.adaptation.softening)
    }

    /// For every number of placements, and nothing else of them is another.
    private func expectSoftened(_ old: LEDParameters, _ new: LEDParameters, by factor: Double) {
        #expect(old.calibrations.count == new.calibrations.count)
        for (before, after) in zip(old.calibrations, new.calibrations) {
            #expect(abs(after.sharpening - before.sharpening * factor) < 1e-6)
            #expect(after.smoothing == before.smoothing && after.decidingProbability == before.decidingProbability)
        }
    }

    @Test func `of the spectrometer only the test of novelty learns`() throws {
        let data = MadeUp.spectrometer.table(objects: 6, placements: 2)
        let bytes = try makeModelFile(
            [TrainingSource(name: "made-up.csv", data: Data(data.utf8))],
            notes: TrainingNotes(origin: "made up", licence: "none"), seed: 1)
        let base = try SpectralModel(json: bytes, file: "made-up.json")
        var file = try MadeUp.spectrometer.file(objects: 4, placements: 2, foreign: 0, seed: 9)
        // A head whose wavelengths are off by a channel.
        for index in file.scans.indices {
            file.scans[index].values = [file.scans[index].values[0]] + file.scans[index].values.dropLast()
        }
        let known = try KnownItem.items(of: file, for: base)
        let found = try Calibration(of: base, by: known)
        #expect(found.adaptation.after.decidedRight > found.adaptation.before.decidedRight)
        #expect(found.adaptation.isBetter(head: .spectrometer))
        guard case .spectrometer(let old) = base.content.parameters,
            case .spectrometer(let new) = found.model.content.parameters
        else { return #expect(Bool(false)) }
        #expect(new.predictor.discriminant == old.predictor.discriminant && new.leastNovelty == old.leastNovelty)
        #expect(new.predictor.novelty.points.rows == old.predictor.novelty.points.rows + 16)
    }

    @Test(arguments: ["led-8.json", "spectrometer.json"])
    func `what the shipped model was learned from is found again in its file`(name: String) throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../config/models/\(name)")
        let shipped = try SpectralModel(json: Data(contentsOf: path.standardized), file: name)
        let again = try AdaptableModel(shipped).adapted(by: [])
        func weights(_ model: SpectralModel) -> [Double] {
            switch model.content.parameters {
            case .spectrometer(let parameters): parameters.predictor.novelty.weights.values
            case .led8(let parameters):
                parameters.predictor.ofMean.weights.values + parameters.predictor.ofPlacements.weights.values
            }
        }
        for (found, wanted) in zip(weights(again), weights(shipped)) { #expect(abs(found - wanted) < 1e-4) }
    }

    @Test func `the same items give the same bytes, in whatever order they come`() throws {
        let base = try #require(Self.base)
        let known = try KnownItem.items(of: try board(objects: 2), for: base)
        let first = try Calibration(of: base, by: known).file
        #expect(try Calibration(of: base, by: known.reversed()).file == first)
        #expect(try Calibration(of: base, by: try KnownItem.items(of: try board(objects: 3), for: base)).file != first)
        #expect(first.count <= ModelFile.byteLimit)
    }

    @Test func `the file states which model was adapted, by what, and how well it judges left-out items`() throws {
        let base = try #require(Self.base)
        let found = try Calibration(of: base, by: try KnownItem.items(of: try board(objects: 2), for: base))
        let read = try SpectralModel(json: found.file, file: "adapted.json")
        let adaptation = try #require(read.content.adaptation)
        #expect(adaptation == found.adaptation && adaptation.baseSHA256 == base.hash && read.hash != base.hash)
        #expect(adaptation.items.map(\.object) == adaptation.items.map(\.object).sorted())
        #expect(adaptation.items.count == 8 && adaptation.items.allSatisfy { $0.placements == 3 })
        #expect(Set(adaptation.items.flatMap(\.sessions)) == ["another board"])
        #expect(read.content.evaluation == base.content.evaluation && read.content.training == base.content.training)
        #expect(base.content.adaptation == nil)
    }

    @Test func `items of the head that the model was trained for show no benefit to a spectrometer`() throws {
        let trained = try Trainer(try MadeUp.spectrometer.file(objects: 8, placements: 2), seed: 1).train()
        let file = try MadeUp.spectrometer.file(objects: 2, placements: 3, foreign: 0, seed: 77)
        let found = try Calibration(of: trained, by: try KnownItem.items(of: file, for: trained))
        #expect(found.adaptation.before.decidedRight == 8 && !found.adaptation.isBetter(head: .spectrometer))
    }

    private func complaint(_ body: () throws -> Void) throws -> String {
        try #require(throws: TrainingError.self, performing: body).message
    }

    @Test func `too few known items, too many and too many placements are refused in a sentence`() throws {
        let base = try #require(Self.base)
        var few = try board(objects: 2)
        few.scans.removeAll { $0.object == "PS-1" }
        #expect(
            try complaint { _ = try Calibration(of: base, by: KnownItem.items(of: few, for: base)) }
                == "There is 1 known item of ps, at least 2 of each of pet, hdpe, pp, ps are needed. Measure more items of it."
        )
        let many = try board(objects: 21, placements: 1)
        #expect(
            try complaint { _ = try Calibration(of: base, by: KnownItem.items(of: many, for: base)) }
                .hasPrefix("There are 21 known items of pet, at most 20 of a material are taken."))
        let often = try board(objects: 2, placements: 11)
        #expect(
            try complaint { _ = try Calibration(of: base, by: KnownItem.items(of: often, for: base)) }
                == "HDPE-0 was measured 11 times, 1 to 10 placements are taken. Leave some out.")
    }

    @Test func `unknown materials, other bands, bad lines and dark items are refused in a sentence`() throws {
        let base = try #require(Self.base)
        let foreign = try MadeUp.leds.file(objects: 2, placements: 2, foreign: 1)
        #expect(
            try complaint { _ = try KnownItem.items(of: foreign, for: base) }
                == "made-up.csv: ABS-0 is of the material abs, and the model knows pet, hdpe, pp, ps. Leave it out, or "
                + "correct its material.")
        #expect(
            try complaint {
                _ = try KnownItem.items(of: MadeUp.spectrometer.file(objects: 2, placements: 2), for: base)
            }
            .hasSuffix(
                "are those of a spectrometer, the model is one of an 8-LED head. Calibrate the model of that head."))
        var bad = try board(objects: 2)
        bad.complaints = ["x.csv:7: it is torn; the line is not used."]
        #expect(
            try complaint { _ = try KnownItem.items(of: bad, for: base) }
                .hasPrefix(
                    "x.csv:7: it is torn; the line is not used.\nCalibrating needs a file whose lines can all be used.")
        )
        var dark = try board(objects: 2)
        for index in dark.scans.indices where dark.scans[index].object == "PP-1" {
            dark.scans[index].values = dark.scans[index].values.map { $0 * 0.01 }
        }
        #expect(
            try complaint { _ = try KnownItem.items(of: dark, for: base) }
                .contains("PP-1 was measured 3 times, of which 3 cannot be read: too dark, or without any shape."))
    }

    @Test func `an adapted model is not adapted once more, and one of other weights not at all`() throws {
        let base = try #require(Self.base)
        let known = try KnownItem.items(of: try board(objects: 2), for: base)
        let adapted = try Calibration(of: base, by: known).model
        #expect(
            try complaint { _ = try AdaptableModel(adapted) }
                .hasPrefix(
                    "The model was adapted to a head before, with 8 known items, from the model \(base.hash.prefix(12))."
                ))
        guard case .led8(var parameters) = base.content.parameters else { return #expect(Bool(false)) }
        parameters.predictor.ofMean.weights.values[3] += 0.1
        var content = base.content
        content.parameters = .led8(parameters)
        let odd = try #require(SpectralModel(content, hash: ""))
        #expect(try complaint { _ = try AdaptableModel(odd) }.hasPrefix("The model's weights are not those"))
    }
}
