import MaterialModel
import Vocabulary

/// Leave-one-out with every verdict.
public struct LeaveOneOutReport: Codable, Sendable {
    public var data: String
    public var head: NIRHeadKind
    public var materials: [Material]
    public var evaluation: ModelEvaluation
    public var summary: VerdictSummary
    /// Of the model's classes.
    public var objects: [ObjectVerdict]
    public var foreign: [ObjectVerdict]
    public var otherSession: [ObjectVerdict]

    public init(_ found: LeaveOneOut, head: NIRHeadKind, name: String, seed: UInt64) {
        data = name
        self.head = head
        materials = SpectraFile.classes
        evaluation = found.evaluation(head: head, seed: seed)
        summary = VerdictSummary(found.known + found.foreign, seed: seed)
        (objects, foreign, otherSession) = (found.known, found.foreign, found.crossAll)
    }
}

extension Trainer {
    /// A model that states what it was learned from, to be used and not to be kept.
    public func trained(on name: String) throws(TrainingError) -> SpectralModel {
        var content = try train().content
        content.training.files = [.init(name: name, sha256: "")]
        content.training.objects = objects.count(where: { $0.label != .unlabelled })
        content.training.seed = seed
        guard let model = SpectralModel(content, hash: "") else {
            throw TrainingError("\(name): what was learned from it does not fit the station's bands.")
        }
        return model
    }
}
