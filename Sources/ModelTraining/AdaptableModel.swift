import MaterialModel
import SmallNumerics

/// A model with what its regressions were learned from, which its file has in its points and weights: known items are
/// learned in addition to that, as if they had been there from the start.
///
/// docs/calibration.md has what was tried, and how much it helps.
public struct AdaptableModel: Sendable {
    /// Known items weigh as much as those of the session that a station's head stands for.
    static let itemRidge = LEDTrainer.Frozen.mainRidge

    public let model: SpectralModel
    private let lessons: Lessons

    private enum Lessons: Sendable {
        case spectrometer(novelty: KernelLessons)
        case led8(ofMean: KernelLessons, ofPlacements: KernelLessons)
    }

    /// - Throws: a sentence if the model was adapted before, or was not learned as this release does it.
    public init(_ model: SpectralModel) throws(TrainingError) {
        if let before = model.content.adaptation {
            throw TrainingError(
                "The model was adapted to a head before, with \(before.items.count) known items, from the model "
                    + "\(before.baseSHA256.prefix(12)). Name that one, and all known items together: the tables of "
                    + "earlier measurements can be given beside new ones.")
        }
        let classes = model.materials.count
        let found: Lessons? =
            switch model.content.parameters {
            case .spectrometer(let parameters):
                parameters.predictor.novelty.lessons(
                    targets: Self.novelties(classes) + [[Double](repeating: 0, count: classes)],
                    ridges: [SpectrometerTrainer.Frozen.noveltyRidge]
                ).map { .spectrometer(novelty: $0) }
            case .led8(let parameters): Self.lessons(parameters.predictor, classes: classes)
            }
        guard let found else {
            throw TrainingError(
                "The model's weights are not those of the regression that this release learns, so nothing can be added "
                    + "to it. Use a model that this release was shipped with, or train it anew.")
        }
        (self.model, lessons) = (model, found)
    }

    private static func lessons(_ predictor: LEDPredictor, classes: Int) -> Lessons? {
        let ridges = [LEDTrainer.Frozen.mainRidge, LEDTrainer.Frozen.otherRidge]
        guard let ofMean = predictor.ofMean.lessons(targets: shares(classes), ridges: ridges),
            let ofPlacements = predictor.ofPlacements.lessons(targets: shares(classes), ridges: ridges)
        else { return nil }
        return .led8(ofMean: ofMean, ofPlacements: ofPlacements)
    }

    /// 1 for the own class and 0 for the others, by place.
    private static func novelties(_ classes: Int) -> [[Double]] {
        (0..<classes).map { place in (0..<classes).map { $0 == place ? 1 : 0 } }
    }

    /// The same with the classes' share taken off.
    private static func shares(_ classes: Int) -> [[Double]] {
        novelties(classes).map { $0.map { $0 - 1 / Double(classes) } }
    }

    /// The model that has learned from these items as well; without items it is the same to within rounding.
    ///
    /// The 8-LED head's regressions learn them like any item. Of the spectrometer only the test of novelty does: its
    /// discriminant named every unseen item of another session rightly, but a third of them was refused as unlike
    /// anything known. Temperature, exponents and thresholds stay; see `Softening`.
    /// - Throws: a sentence if nothing can be learned from them.
    public func adapted(by items: [KnownItem]) throws(TrainingError) -> SpectralModel {
        var content = model.content
        let parameters: SpectralModel.Parameters? =
            switch (content.parameters, lessons) {
            case (.spectrometer(let parameters), .spectrometer(let novelty)):
                adapted(parameters, novelty, by: items).map { .spectrometer($0) }
            case (.led8(let parameters), .led8(let ofMean, let ofPlacements)):
                adapted(parameters, ofMean, ofPlacements, by: items).map { .led8($0) }
            // The lessons are those of the model's own parameters.
            case (.spectrometer, .led8), (.led8, .spectrometer): nil
            }
        guard let parameters else {
            throw TrainingError(
                "Learning from \(items.count) known items failed: two of them are exactly alike, or their numbers are "
                    + "out of range. Measure them again.")
        }
        content.parameters = parameters
        guard let model = SpectralModel(content.rounded, hash: "") else {
            throw TrainingError("The adapted model's bands do not cover its channels. Use another model.")
        }
        return model
    }

    private func adapted(
        _ parameters: SpectrometerParameters, _ lessons: KernelLessons, by items: [KnownItem]
    ) -> SpectrometerParameters? {
        let targets = Self.novelties(model.materials.count)
        let added = KernelLessons(
            targets: items.map { targets[$0.place] },
            ridge: items.map { _ in SpectrometerTrainer.Frozen.noveltyRidge })
        var result = parameters
        let means = items.map { [mean(ofVectors: $0.values)] }
        guard let novelty = parameters.predictor.novelty.relearned(lessons, adding: means, added) else { return nil }
        result.predictor.novelty = novelty
        return result
    }

    private func adapted(
        _ parameters: LEDParameters, _ ofMean: KernelLessons, _ ofPlacements: KernelLessons, by items: [KnownItem]
    ) -> LEDParameters? {
        let targets = Self.shares(model.materials.count)
        let added = KernelLessons(
            targets: items.map { targets[$0.place] }, ridge: items.map { _ in Self.itemRidge })
        var result = parameters
        let predictor = parameters.predictor
        let means = items.map { [mean(ofVectors: $0.values)] }
        // Without the contrast, the last of the features.
        let sets = items.map { $0.values.map { Array($0.dropLast()) } }
        guard let first = predictor.ofMean.relearned(ofMean, adding: means, added),
            let second = predictor.ofPlacements.relearned(ofPlacements, adding: sets, added)
        else { return nil }
        (result.predictor.ofMean, result.predictor.ofPlacements) = (first, second)
        return result
    }
}
