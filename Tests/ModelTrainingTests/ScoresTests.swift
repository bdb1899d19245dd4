import Foundation
import MaterialModel
import Testing

@testable import ModelTraining

struct ScoresTests {
    private func judged(_ confidence: Double, _ isRight: Bool) -> Judged {
        Judged(confidence: confidence, isRight: isRight, isDecided: confidence > 0.5, order: confidence)
    }

    @Test func `the calibration error weighs each bin's gap by its share`() {
        let all = [judged(0.95, true), judged(0.95, true), judged(0.85, false), judged(1, true)]
        // The last bin holds three of mean 0.9667 and accuracy 1, the one before one of 0.85 and accuracy 0.
        #expect(abs(Scores.calibrationError(all) - (0.75 * (1 - 2.9 / 3) + 0.25 * 0.85)) < 1e-12)
        #expect(Scores.calibrationError([]) == 0)
    }

    @Test func `the decided share goes as far as the accuracy holds`() {
        let all = [judged(0.9, true), judged(0.8, true), judged(0.7, false), judged(0.6, true), judged(0.5, true)]
        #expect(Scores.decidedShare(all, accuracy: 0.99) == 0.4)
        #expect(Scores.decidedShare(all, accuracy: 0.8) == 1)
        #expect(Scores.decidedShare([], accuracy: 0.99) == 0)
        #expect(Scores.acceptReject(all, shares: [0.4, 1]).map(\.accuracy) == [1, 0.8])
    }

    @Test func `an interval holds the figure and hangs on the seed alone`() throws {
        let all = (0..<50).map { judged(0.9, $0 % 10 != 0) }
        let share = { (some: [Judged]) in Scores.share(some, \.isRight) }
        let first = try #require(Scores.interval(all, seed: 3, share))
        let again = try #require(Scores.interval(all, seed: 3, share))
        #expect(first == again)
        #expect(first.low < 0.9 && first.high > 0.9 && first.low > 0.75)
        #expect(Scores.interval([Judged](), seed: 3, share) == nil)
    }

    @Test func `objects of one class, of none and of unknown material are all judged`() throws {
        let model = try Trainer(try MadeUp.spectrometer.file(objects: 5, placements: 2), seed: 1).train()
        var file = try MadeUp.spectrometer.file(objects: 3, placements: 2, seed: 5)
        file.scans = file.scans.compactMap { scan in
            var scan = scan
            if scan.material == "PP" { scan.material = Scan.unlabelled }
            return ["UNKNOWN", "PS"].contains(scan.material) ? scan : nil
        }
        let found = try HeldOut(model, on: file, isFile: false, leftOut: 0, seed: 1)
        #expect(found.byObject.verdicts == 6 && found.byObject.known == 3 && found.byObject.unlabelled == 3)
        #expect(found.byObject.accuracy == 1)
        file.scans.removeAll { $0.material == "PS" }
        let nobody = try HeldOut(model, on: file, isFile: false, leftOut: 0, seed: 1)
        #expect(nobody.byObject.accuracy == nil && nobody.byObject.decidedAt99 == nil)
        #expect(nobody.objects.map(\.right) == [nil, nil, nil])
        let text = String(decoding: try JSONEncoder().encode(nobody), as: UTF8.self)
        #expect(!text.contains("nan"))
    }
}
