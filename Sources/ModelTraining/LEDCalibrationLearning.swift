import MaterialModel
import SmallNumerics

/// One object as a model scores it that never saw it.
struct LEDOutside: Sendable {
    var object: String
    var place: Int
    /// By the number of placements, one first: the classes' scores for each choice of so many; none if it has fewer.
    var scores: [[[Double]]]
}

extension LEDCalibration {
    /// For one placement, two and so on, as far as there are objects with so many: sharpening and smoothing of the
    /// least log loss, in which each object counts alike, and a deciding probability above the surest error.
    ///
    /// - Parameter outside: each repetition's objects.
    static func learned(_ outside: [[LEDOutside]]) -> [LEDCalibration] {
        (0..<ModelContent.placementLimit).compactMap { number in
            let repeats = outside.map { objects in
                objects.flatMap { object in
                    let choices = object.scores[number]
                    return choices.map {
                        Scored(scores: $0, place: object.place, weight: 1 / Double(choices.count))
                    }
                }
            }
            return repeats.contains { !$0.isEmpty } ? LEDCalibration(repeats) : nil
        }
    }

    /// By the number of placements, what a class is excluded below.
    static func exclusionLimits(_ outside: [[LEDOutside]], _ calibrations: [LEDCalibration]) -> [Double] {
        calibrations.enumerated().map { number, calibration in
            var least: [String: Double] = [:]
            for object in outside.joined() {
                for scores in object.scores[number] {
                    let own = calibration.probabilities(scores)[object.place]
                    least[object.object] = min(least[object.object] ?? 1, own)
                }
            }
            return exclusionLimit(Array(least.values))
        }
    }

    /// The scores of some placements of an object, with the share that it is of all choices of so many.
    private struct Scored {
        var scores: [Double]
        var place: Int
        var weight: Double
    }

    private init(_ repeats: [[Scored]]) {
        let all = repeats.flatMap(\.self)
        var best = (loss: Double.infinity, sharpening: 1.0, smoothing: 0.01)
        for sharpening in LEDTrainer.Frozen.sharpenings {
            let own = all.map { sharpened($0.scores, by: sharpening)[$0.place] }
            for smoothing in LEDTrainer.Frozen.smoothings {
                var loss = 0.0
                for (probability, scored) in zip(own, all) {
                    let smoothed = (1 - smoothing) * probability + smoothing / Double(scored.scores.count)
                    loss -= scored.weight * naturalLogarithm(smoothed)
                }
                if loss < best.loss { best = (loss, sharpening, smoothing) }
            }
        }
        self.init(sharpening: best.sharpening, smoothing: best.smoothing, decidingProbability: 1)
        let surestErrors = repeats.map { scored in
            scored.filter { placeOfGreatest($0.scores) != $0.place }
                .map { probabilities($0.scores).max() ?? 0 }.max() ?? 0
        }
        // More confident than the surest error: without an error anything would do.
        decidingProbability = min(max(mean(surestErrors), 1 / Double(SpectraFile.classes.count)), 1)
    }
}
