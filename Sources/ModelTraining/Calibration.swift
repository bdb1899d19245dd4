import FoundationEssentials
import MaterialModel
import SmallNumerics
import Vocabulary

/// A model adapted to one head by known items, and how much that helps: each known item is judged by the model as it
/// was, and by one that was adapted with all other known items.
public struct Calibration: Sendable {
    /// Of each class. With one alone, its own trial would have to do without any of its class.
    public static let leastItemsPerClass = 2
    public static let greatestItemsPerClass = 20
    public static let placementRange = 1...10

    /// The bytes of the adapted model's file.
    public let file: Data
    public let model: SpectralModel
    /// What the file states on it.
    public let adaptation: ModelAdaptation

    /// The same model and items give the same bytes.
    /// - Throws: a sentence if there are too few items or too many, or nothing can be learned from them.
    public init(of base: SpectralModel, by items: [KnownItem]) throws(TrainingError) {
        if let complaint = Self.complaint(items, for: base) { throw TrainingError(complaint) }
        let adaptable = try AdaptableModel(base)
        let sorted = items.sorted { $0.name < $1.name }
        let adaptation = try Self.trial(adaptable, sorted)
        var content = try adaptable.adapted(by: sorted).softened(by: adaptation.softening).content
        content.adaptation = adaptation
        if let complaint = ModelFile.complaint(content) {
            throw TrainingError("The adapted model is not usable: \(complaint).")
        }
        self.adaptation = adaptation
        do {
            file = try ModelFile.encode(content)
        } catch {
            throw TrainingError("The adapted model cannot be written: \(error).")
        }
        guard file.count <= ModelFile.byteLimit else {
            throw TrainingError(
                "The adapted model has \(file.count) bytes, at most \(ModelFile.byteLimit) are allowed. Calibrate with "
                    + "fewer known items or placements.")
        }
        do {
            model = try SpectralModel(json: file, file: "the adapted model")
        } catch {
            throw TrainingError("The adapted model cannot be read again: \(error)")
        }
    }

    /// Each item judged without what it taught, and softened as the other ones ask for.
    static func trial(_ adaptable: AdaptableModel, _ items: [KnownItem]) throws(TrainingError) -> ModelAdaptation {
        var adapted: [SpectralModel] = []
        for index in items.indices { adapted.append(try adaptable.adapted(by: without(index, items))) }
        let judged = zip(adapted, items).map { model, item in
            Softening.Judged(probabilities: model.judge(features: item.placements).probabilities, place: item.place)
        }
        let tried = items.indices.map { index in
            let item = items[index]
            return ModelAdaptation.Item(
                object: item.name, material: adaptable.model.materials[item.place], sessions: item.sessions,
                placements: item.placements.count, before: adaptable.model.verdict(on: item),
                after: adapted[index].softened(by: Softening.factor(without(index, judged))).verdict(on: item))
        }
        let softening = adaptable.model.head == .led8 ? Softening.factor(judged) : 1
        return ModelAdaptation(baseSHA256: adaptable.model.hash, softening: softening, items: tried)
    }

    private static func without<One>(_ index: Int, _ all: [One]) -> [One] {
        Array(all[..<index] + all[(index + 1)...])
    }

    /// What is wrong with how many items of each class there are, as a sentence; nil if nothing is.
    public static func complaint(ofCounts items: [KnownItem], for model: SpectralModel) -> String? {
        for (place, material) in model.materials.enumerated() {
            let count = items.count(where: { $0.place == place })
            if count < leastItemsPerClass {
                let items = count == 1 ? "is 1 known item" : "are \(count) known items"
                return "There \(items) of \(material.rawValue), at least "
                    + "\(leastItemsPerClass) of each of \(model.materials.map(\.rawValue).joined(separator: ", ")) are "
                    + "needed. Measure more items of it."
            }
            if count > greatestItemsPerClass {
                return "There are \(count) known items of \(material.rawValue), at most \(greatestItemsPerClass) of a "
                    + "material are taken. Leave some out: few and different ones teach as much."
            }
        }
        return nil
    }

    private static func complaint(_ items: [KnownItem], for model: SpectralModel) -> String? {
        if let complaint = complaint(ofCounts: items, for: model) { return complaint }
        if let item = items.first(where: { !placementRange.contains($0.placements.count) }) {
            return "\(item.name) was measured \(item.placements.count) times, "
                + "\(placementRange.lowerBound) to \(placementRange.upperBound) placements are taken. Leave some out."
        }
        return nil
    }
}

extension ModelAdaptation {
    /// Whether left-out known items are judged better than by the model as it was, by what the adaptation changes: of
    /// the spectrometer the right decisions, which are few or many; of the 8-LED head the probabilities of what is
    /// right, because a handful of names alone shows too little (docs/calibration.md has how often either errs).
    public func isBetter(head: NIRHeadKind) -> Bool {
        switch head {
        case .spectrometer: after.decidedRight > before.decidedRight
        case .led8: after.logLoss < before.logLoss
        }
    }
}

extension SpectralModel {
    func verdict(on item: KnownItem) -> ModelAdaptation.Verdict {
        let judgement = judge(features: item.placements)
        let probabilities = judgement.probabilities
        guard !probabilities.isEmpty else {
            return ModelAdaptation.Verdict(named: nil, probability: 0, isDecided: false)
        }
        return ModelAdaptation.Verdict(
            named: materials[placeOfGreatest(probabilities)], probability: short(probabilities[item.place]),
            isDecided: judgement.isDecided)
    }
}
