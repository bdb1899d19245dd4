import MaterialModel
import SmallNumerics
import Vocabulary

/// What a model says of one object, with what is known of it: all its placements together.
public struct ObjectVerdict: Codable, Hashable, Sendable {
    public var object: String
    /// Nil if the placements of all sessions were combined.
    public var session: String?
    /// As in the file.
    public var material: String
    public var placements: Int
    /// familiar, strange, unreadable, contradictory, flat, resemblingFibre.
    public var reading: String
    /// The class that is nearest, whether or not it is decided; nil if nothing could be read.
    public var named: Material?
    /// Of the model's classes, in their order.
    public var probabilities: [Double]
    public var confidence: Double
    public var novelty: Double?
    public var contrast: Double
    /// The model names a class with the accuracy that its threshold stands for; otherwise the result is unknown.
    public var decided: Bool
    /// Whether `named` is what the object is of; nil if its material is no class or unknown.
    public var right: Bool?

    public init(_ object: MeasuredObject, session: String?, _ model: SpectralModel) {
        let scans = object.scans.filter { session == nil || $0.session == session }
        self.init(
            object, session: session, placements: scans.count, model.judge(reflectances: scans.map(\.values)),
            materials: model.materials)
    }

    init(
        _ object: MeasuredObject, session: String?, placements: Int, _ judgement: SpectralJudgement,
        materials: [Material]
    ) {
        self.object = object.name
        self.session = session
        material = object.material
        self.placements = placements
        reading = judgement.reading.word
        probabilities = judgement.probabilities
        let place = probabilities.isEmpty ? nil : placeOfGreatest(probabilities)
        named = place.map { materials[$0] }
        confidence = place.map { judgement.probabilities[$0] } ?? 0
        novelty = judgement.novelty
        contrast = judgement.contrast
        decided = judgement.isDecided
        switch object.label {
        case .known(let label): right = place == label
        case .foreign, .unlabelled: right = nil
        }
    }

    public var label: ObjectLabel { SpectraFile.label(of: material) }

    /// For figures: only of objects of the model's classes.
    public var judged: Judged? {
        right.map { Judged(confidence: confidence, novelty: novelty, isRight: $0, isDecided: decided) }
    }
}
