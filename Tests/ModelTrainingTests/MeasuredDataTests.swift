import Foundation
import MaterialModel
import SmallNumerics
import Testing
import Vocabulary

@testable import ModelTraining

/// Against what numpy and SciPy gave for the same objects when the configuration was chosen (Fixtures/golden_*.json).
@Suite(.enabled(if: MeasuredData.isHere, MeasuredData.absence))
struct MeasuredDataTests {
    private struct Spectrometer: Decodable {
        var object: String
        var z_first5, logpost: [Double]
        var novelty, g: Double
    }
    private struct LEDs: Decodable {
        var object: String
        var mean, set: [Double]
        var features_mean: [[Double]]
    }

    private func golden<Value: Decodable>(_ name: String) throws -> Value {
        let file = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
    }

    @Test func `the spectrometer's scores are those of the study`() throws {
        let expected: Spectrometer = try golden("golden_spectrometer")
        let file = try MeasuredData.file("ps_avantes.csv")
        let trainer = try SpectrometerTrainer(
            objects: try file.objects(on: file.channelsNanometres), channels: file.channelsNanometres)
        let object = try #require(trainer.items.first { $0.name == expected.object })
        let features = object.placements[0].values
        for (found, wanted) in zip(features, expected.z_first5) { #expect(abs(found - wanted) < 1e-9) }
        let predictor = try #require(trainer.predictor(of: trainer.items))
        let scores = predictor.scores(of: features)
        for (found, wanted) in zip(scores.logProbabilities, expected.logpost) {
            #expect(abs(found - wanted) < 1e-7 * max(abs(wanted), 1))
        }
        #expect(abs(scores.novelty - expected.novelty) < 1e-8)
        #expect(abs(predictor.novelty.gamma / expected.g - 1) < 1e-9)
    }

    @Test func `the LEDs' scores are those of the study`() throws {
        let expected: LEDs = try golden("golden_led")
        let file = try MeasuredData.file("ps_led8.csv")
        let trainer = try LEDTrainer(objects: try file.objects(on: NIRHeadKind.led8.bandsNanometres), seed: 1)
        let object = try #require(trainer.instances.first { $0.isMain && $0.object == expected.object })
        for (found, wanted) in zip(object.placements.joined(), expected.features_mean.joined()) {
            #expect(abs(found - wanted) < 1e-9)
        }
        let scores = try #require(trainer.predictor(of: trainer.instances.filter { $0.object != expected.object }))
            .scores(of: object.placements)
        for (found, wanted) in zip(scores.ofMean, expected.mean) { #expect(abs(found - wanted) < 1e-7) }
        for (found, wanted) in zip(scores.ofPlacements, expected.set) { #expect(abs(found - wanted) < 1e-7) }
    }

    @Test(arguments: [("ps_avantes.csv", "spectrometer.json"), ("ps_led8.csv", "led-8.json")])
    func `the shipped model is the one that this data trains`(data: String, model: String) throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../config/models/\(model)")
        let shipped = try SpectralModel(json: Data(contentsOf: path.standardized), file: model)
        let bytes = try Data(contentsOf: URL(filePath: "\(MeasuredData.folder)/\(data)"))
        #expect(shipped.content.training.files == [TrainingSource(name: data, data: bytes).file])
        // Its features of the first object's first scan lie near the mean of its class, which is learned from them.
        let file = try SpectraFile(data: bytes, name: data)
        let objects = try file.objects(on: shipped.channelsNanometres)
        let known = objects.filter { $0.label.place != nil }
        let right = known.filter { ObjectVerdict($0, session: nil, shipped).right == true }
        #expect(right.count * 100 >= known.count * 80, "\(right.count) of \(known.count)")
    }

    @Test func `two known items of each class raise what the LEDs' model names rightly at another time`() throws {
        let session = "2022-10-11_rescan"
        let trainer = try Trainer(try MeasuredData.file("ps_led8.csv"), seed: 1)
        let there = trainer.objects.filter { $0.scans.contains { $0.session == session } }
        let base = try AdaptableModel(try trainer.train(without: Set(there.map(\.name))))
        let items = there.compactMap { KnownItem($0, session: session, base.model) }
        #expect(items.count == 20)
        var random = SplitMix64(seed: 1)
        let found = try Transfer.Calibrated(base, items, itemsPerClass: 2, draws: 5, &random)
        #expect(found.judged == 12 && found.worseShare == 0)
        // 0.43 and 0.74 over more draws.
        #expect(
            found.after.accuracy > found.before.accuracy + 0.15, "\(found.before.accuracy), \(found.after.accuracy)")
    }
}
