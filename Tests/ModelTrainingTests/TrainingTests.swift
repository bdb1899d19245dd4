import Foundation
import MaterialModel
import SmallNumerics
import Testing

@testable import ModelTraining

struct TrainingTests {
    private static let notes = TrainingNotes(origin: "made up", licence: "none")

    private func bytes(_ data: MadeUp, objects: Int, placements: Int, seed: UInt64 = 1) throws -> Data {
        let text = data.table(objects: objects, placements: placements)
        return try makeModelFile(
            [TrainingSource(name: "made-up.csv", data: Data(text.utf8))], notes: Self.notes, seed: seed)
    }

    static let frozen = [
        (MadeUp.spectrometer, "81f3cc36a345615d74fd3792f03d90a1c11422d5bee3c16610fda81c67f77c52"),
        (MadeUp.leds, "107bd08688e7279825640d0f54167a7bf12ee8bb6949c3a278873d3e6652b769"),
    ]

    @Test(arguments: frozen)
    func `the same data and seed give the same bytes, these`(data: MadeUp, hash: String) throws {
        let first = try bytes(data, objects: 3, placements: 2)
        #expect(try bytes(data, objects: 3, placements: 2) == first)
        let found = try SpectralModel(json: first, file: "made-up.json").hash
        #expect(found == hash)
    }

    @Test func `a trained model states what it was learned from`() throws {
        let data = try bytes(MadeUp.spectrometer, objects: 4, placements: 2, seed: 9)
        let model = try SpectralModel(json: data, file: "made-up.json")
        let training = model.content.training
        #expect(training.origin == "made up" && training.licence == "none" && training.seed == 9)
        #expect(training.objects == 19 && training.scans == 38 && training.sessions == ["one"])
        #expect(training.files.map(\.name) == ["made-up.csv"])
        #expect(model.content.classes.map(\.objects) == [4, 4, 4, 4])
        #expect(model.content.evaluation.figures.contains { $0.measure == "accuracy by object" && $0.value == 1 })
    }

    @Test func `objects that were never seen are named, and foreign ones are refused`() throws {
        let model = try Trainer(try MadeUp.spectrometer.file(objects: 8, placements: 2), seed: 1).train()
        let found = try HeldOut(
            model, on: try MadeUp.spectrometer.file(objects: 5, placements: 3, seed: 77), isFile: true, leftOut: 0,
            seed: 1)
        #expect(found.byObject.right == 20 && found.byObject.known == 20)
        #expect(found.byObject.foreign == 3 && found.byObject.foreignRefused == 3)
        #expect(found.objects.allSatisfy { $0.placements == 3 })
    }

    @Test func `what is left out has no part in the model`() throws {
        let file = try MadeUp.spectrometer.file(objects: 5, placements: 2)
        let trainer = try Trainer(file, seed: 1)
        var disturbed = file
        for index in disturbed.scans.indices where disturbed.scans[index].object == "PP-2" {
            disturbed.scans[index].values = disturbed.scans[index].values.reversed()
        }
        let plain = try trainer.train(without: ["PP-2"]).content
        #expect(try Trainer(disturbed, seed: 1).train(without: ["PP-2"]).content == plain)
        #expect(try Trainer(file, seed: 1, without: ["PP-2"]).train().content == plain)
        #expect(try trainer.train().content != plain)
    }

    @Test(arguments: [MadeUp.spectrometer, .leds])
    func `each object is judged by a model that was trained as if it did not exist`(data: MadeUp) throws {
        let file = try data.file(objects: 4, placements: 2)
        let trainer = try Trainer(file, seed: 1)
        let whole = try trainer.train()
        let found = try LeaveOneOut(trainer)
        #expect(found.known.count == 16 && found.foreign.count == 3)
        for verdict in found.known {
            let object = try #require(trainer.objects.first { $0.name == verdict.object })
            let without = try Trainer(file, seed: 1, without: [verdict.object]).train()
            #expect(verdict == ObjectVerdict(object, session: nil, without), "\(verdict.object)")
            // Had it been learned from, it would show.
            #expect(verdict != ObjectVerdict(object, session: nil, whole), "\(verdict.object)")
        }
    }

    @Test func `too little to learn from is said in a sentence`() throws {
        let error = try #require(throws: TrainingError.self) {
            try Trainer(try MadeUp.spectrometer.file(objects: 2, placements: 2), seed: 1)
        }
        #expect(
            error.message
                == "The class pet has 2 objects to learn from, at least 3 are needed. Train with more data.")
        var other = MadeUp.leds
        other.session = "elsewhere"
        let leds = try #require(throws: TrainingError.self) {
            try Trainer(try other.file(objects: 4, placements: 2), seed: 1)
        }
        #expect(leds.message.contains("has 0 objects of the session 2023-04-18_items to learn from"))
    }

    @Test func `training refuses a file with lines that cannot be used`() throws {
        let text = MadeUp.spectrometer.table(objects: 4, placements: 2) + "one,odd,PP,1,,x\n"
        let file = try SpectraFile(data: Data(text.utf8), name: "x.csv")
        let error = try #require(throws: TrainingError.self) { try Trainer(file, seed: 1) }
        #expect(
            error.message.hasPrefix("x.csv:40: it has 6 fields instead of 41; the line is not used.\nTraining needs"))
    }

    @Test func `identical placements of every object cannot be learned from, and do not trap`() throws {
        var file = try MadeUp.spectrometer.file(objects: 4, placements: 2)
        for index in file.scans.indices { file.scans[index].values = file.scans[0].values }
        #expect(throws: TrainingError.self) { try Trainer(file, seed: 1).train() }
    }

    @Test func `the folds hold each class evenly`() {
        let places = (0..<100).map { $0 < 24 ? 0 : $0 < 46 ? 1 : $0 < 86 ? 2 : 3 }
        let folds = LEDTrainer.folds(of: places, seed: 4)
        for place in 0..<4 {
            let members = places.indices.filter { places[$0] == place }
            let sizes = (0..<10).map { fold in members.count(where: { folds[$0] == fold }) }
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        }
        #expect(LEDTrainer.folds(of: places, seed: 5) != folds)
    }
}
