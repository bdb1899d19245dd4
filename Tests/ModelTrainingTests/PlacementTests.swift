import Foundation
import MaterialModel
import Testing

@testable import ModelTraining

/// What is learned and stated for one, two and three placements of an item.
struct PlacementTests {
    @Test func `choices are all that the first three placements allow`() {
        #expect(placementChoices(of: 3) == [[[0], [1], [2]], [[0, 1], [0, 2], [1, 2]], [[0, 1, 2]]])
        #expect(placementChoices(of: 6) == placementChoices(of: 3))
        #expect(placementChoices(of: 2) == [[[0], [1]], [[0, 1]], []])
        #expect(placementChoices(of: 0) == [[], [], []])
    }

    @Test func `a class is excluded below what fewer than one in a hundred own classes fell below`() {
        // Of 100 objects none may be below, of 101 one.
        let hundred = [0.0312] + [Double](repeating: 0.04, count: 99)
        #expect(exclusionLimit(hundred) == 0.031)
        #expect(exclusionLimit(hundred + [0.04]) == 0.04)
        #expect(exclusionLimit([0.0312, 0.033] + [Double](repeating: 0.04, count: 150)) == 0.033)
    }

    @Test func `nothing is excluded that is more probable than 5 %, and nothing by a hair`() {
        #expect(exclusionLimit([0.9, 0.95]) == 0.05)
        #expect(exclusionLimit([0.015_003, 0.9]) == 0.015)
        #expect(exclusionLimit([0, 0.9]) == 0)
        #expect(exclusionLimit([]) == 0)
    }

    /// Objects whose single placements are right as often as they say, or less often; two together are always right.
    private func objects(right: Int, of count: Int, confidence: Double) -> [LEDOutside] {
        let rest = (1 - confidence) / 3
        return (0..<count).map { number in
            let named = number < right ? 0 : 1
            let single = (0..<4).map { $0 == named ? confidence : rest }
            return LEDOutside(
                object: "\(number)", place: 0, scores: [[single, single], [[confidence, rest, rest, rest]], []])
        }
    }

    @Test func `single placements that are surer than right are made less sure, pairs that are right surer`() throws {
        let learned = LEDCalibration.learned([objects(right: 70, of: 100, confidence: 0.9)])
        #expect(learned.count == 2)
        let single = learned[0].probabilities([0.9, 0.1 / 3, 0.1 / 3, 0.1 / 3])
        #expect(abs(single[0] - 0.7) < 0.06, "\(single)")
        // Above the surest error.
        #expect(learned[0].decidingProbability == single[0])
        let pair = learned[1].probabilities([0.9, 0.1 / 3, 0.1 / 3, 0.1 / 3])
        #expect(pair[0] > 0.98)
        #expect(learned[1].decidingProbability == 0.25)
        #expect(learned.allSatisfy { $0.smoothing >= 0.01 })
    }

    @Test func `an object counts alike however many choices it has`() {
        // Nine are right twice over; one is wrong once. Weighed by choices it would be 1 of 19.
        let rest = 0.1 / 3
        let right = LEDOutside(
            object: "r", place: 0, scores: [[[0.9, rest, rest, rest], [0.9, rest, rest, rest]], [], []])
        let wrong = LEDOutside(object: "w", place: 1, scores: [[[0.9, rest, rest, rest]], [], []])
        let learned = LEDCalibration.learned([[LEDOutside](repeating: right, count: 9) + [wrong]])
        #expect(abs(learned[0].probabilities([0.9, rest, rest, rest])[0] - 0.9) < 0.02)
    }

    @Test func `what a class is excluded below differs by the number of placements`() {
        let objects = objects(right: 70, of: 100, confidence: 0.9)
        let learned = LEDCalibration.learned([objects])
        let limits = LEDCalibration.exclusionLimits([objects], learned)
        #expect(limits.count == 2)
        let least = learned[0].probabilities([0.1 / 3, 0.9, 0.1 / 3, 0.1 / 3])[0]
        #expect(limits[0] <= min(least, 0.05) && limits[0] > 0.9 * min(least, 0.05))
        #expect(limits[1] == 0.05)
    }

    @Test func `the surest error sets the deciding probability, the worst choice the limit`() {
        func scores(_ confidence: Double, of named: Int) -> [Double] {
            (0..<4).map { $0 == named ? confidence : (1 - confidence) / 3 }
        }
        // One object is named wrongly by one placement hardly, by another surely; the others are right.
        let odd = LEDOutside(
            object: "odd", place: 0, scores: [[scores(0.5, of: 1), scores(0.8, of: 1), scores(0.9, of: 0)], [], []])
        let usual = (0..<20).map { LEDOutside(object: "\($0)", place: 0, scores: [[scores(0.9, of: 0)], [], []]) }
        let learned = LEDCalibration.learned([[odd] + usual])
        #expect(learned[0].decidingProbability == learned[0].probabilities(scores(0.8, of: 1)).max())
        let worst = learned[0].probabilities(scores(0.8, of: 1))[0]
        let limits = LEDCalibration.exclusionLimits([[odd] + usual], learned)
        #expect(worst < 0.05 && limits[0] <= worst && limits[0] > 0.9 * worst, "\(limits) \(worst)")
    }

    private func object(_ scans: Int, of file: SpectraFile, on model: SpectralModel) throws -> MeasuredObject {
        var object = try #require(try file.objects(on: model.channelsNanometres).first { $0.label == .known(2) })
        object.scans = Array(object.scans.prefix(scans))
        return object
    }

    @Test func `a station could meet three placements in six orders, and stops when one decides`() throws {
        let file = try MadeUp.spectrometer.file(objects: 5, placements: 4)
        let model = try Trainer(file, seed: 1).train()
        for (scans, steps) in [(4, 3), (3, 3), (2, 2), (1, 1)] {
            let orders = PlacementOrder.all(of: try object(scans, of: file, on: model), model)
            #expect(orders.count == 6)
            #expect(orders.allSatisfy { $0.steps.count == steps })
            // All of them together are the same whatever the order.
            #expect(Set(orders.compactMap(\.steps.last)).count == 1)
        }
        // A station sees an item on one day: other sessions are no further placements of it.
        var twoDays = try object(3, of: file, on: model)
        twoDays.scans[2].session = "another day"
        #expect(PlacementOrder.all(of: twoDays, model).allSatisfy { $0.steps.count == 2 })
        let step = { (isDecided: Bool) in
            PlacementOrder.Step(confidence: 0.9, isRight: true, isDecided: isDecided, excludesOwn: false)
        }
        #expect(PlacementOrder(object: "a", steps: [step(true), step(true)]).stop == 1)
        #expect(PlacementOrder(object: "a", steps: [step(false), step(true), step(true)]).stop == 2)
        #expect(PlacementOrder(object: "a", steps: [step(false), step(false)]).stop == 2)
    }

    @Test func `a step says whether the reading excludes what the object is`() throws {
        let file = try MadeUp.spectrometer.file(objects: 5, placements: 1)
        let model = try Trainer(file, seed: 1).train()
        let values = try object(1, of: file, on: model).scans.map(\.values)
        func step(_ reading: SpectralReading) -> PlacementOrder.Step {
            var judgement = model.judge(reflectances: values)
            (judgement.reading, judgement.probabilities) = (reading, [0.96, 0.02, 0.01, 0.01])
            return PlacementOrder.Step(judgement, place: 2)
        }
        #expect(step(.familiar([0.96, 0.02, 0.01, 0.01], excludedBelow: 0.02)).excludesOwn)
        #expect(!step(.familiar([0.96, 0.02, 0.01, 0.01], excludedBelow: 0.01)).excludesOwn)
        #expect(step(.contradictory).excludesOwn)
        #expect(!step(.strange).excludesOwn && !step(.strange).isRight)
    }

    @Test(arguments: [MadeUp.spectrometer, MadeUp.leds])
    func `a model states its figures by the number of placements and until decided`(data: MadeUp) throws {
        let trainer = try Trainer(try data.file(objects: 3, placements: 3), seed: 1)
        let figures = try LeaveOneOut(trainer).evaluation(head: trainer.head, seed: 1).figures
        for name in ["1 placement", "2 placements", "3 placements"] {
            let accuracy = try #require(figures.first { $0.measure == "\(name): accuracy" })
            #expect(accuracy.value >= 0.5 && accuracy.low.map { $0 <= accuracy.value } == true)
            for measure in [
                "expected calibration error", "share decided with 99 % of the decided right",
                "share decided at the model's threshold", "of these right", "own material excluded",
            ] {
                #expect(figures.contains { $0.measure == "\(name): \(measure)" }, "\(measure)")
            }
        }
        let number = try #require(
            figures.first { $0.measure == "1 to 3 placements, until decided: placements of an object" })
        #expect((1...3).contains(number.value))
    }
}
