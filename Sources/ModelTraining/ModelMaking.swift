import Crypto
import FoundationEssentials
import MaterialModel

/// What a file of training data is, beside its lines.
public struct TrainingSource: Sendable {
    public var name: String
    public var data: Data

    /// - Parameter name: as it is to stand in the model: without a folder.
    public init(name: String, data: Data) { (self.name, self.data) = (name, data) }

    var file: ModelContent.Training.File {
        let digits = SHA256.hash(data: data).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return ModelContent.Training.File(name: name, sha256: digits.joined())
    }
}

/// Origin and licence as a model file states them.
public struct TrainingNotes: Sendable {
    public var origin: String
    public var licence: String
    public init(origin: String, licence: String) { (self.origin, self.licence) = (origin, licence) }
}

/// The bytes of a model file, evaluated and stated.
public func makeModelFile(
    _ sources: [TrainingSource], notes: TrainingNotes, seed: UInt64, progress: (String) -> Void = { _ in }
) throws -> Data {
    let files = try sources.map { try SpectraFile(data: $0.data, name: $0.name) }
    let trainer = try Trainer(try SpectraFile.joined(files), seed: seed)
    let leftOut = try LeaveOneOut(trainer, progress: progress)
    return try modelFile(
        trainer, sources: sources, notes: notes, evaluation: leftOut.evaluation(head: trainer.head, seed: seed),
        leftOut: leftOut)
}

/// The same from an evaluation that was made before.
func modelFile(
    _ trainer: Trainer, sources: [TrainingSource], notes: TrainingNotes, evaluation: ModelEvaluation,
    leftOut: LeaveOneOut?
) throws -> Data {
    var content = try trainer.train().content
    let sessions = trainer.sessions
    let used = trainer.objects.filter { object in
        object.label != .unlabelled && object.scans.contains { sessions.contains($0.session) }
            && (trainer.head == .spectrometer || object.label.place != nil)
    }
    content.training = ModelContent.Training(
        origin: notes.origin, licence: notes.licence, files: sources.map(\.file),
        scans: used.reduce(0) { $0 + $1.scans.count(where: { sessions.contains($0.session) }) }, objects: used.count,
        sessions: sessions, seed: trainer.seed)
    content.evaluation = evaluation
    if let leftOut, trainer.head == .spectrometer {
        // One is added to either side: so few objects show no share of 0 or 1 (Laplace's rule of succession).
        func share(_ verdicts: [ObjectVerdict]) -> Double {
            Double(verdicts.count(where: \.decided) + 1) / Double(verdicts.count + 2)
        }
        content.limits.familiarShare = max(share(leftOut.known), 0.51)
        content.limits.foreignFamiliarShare = share(leftOut.foreign)
    }
    content = content.rounded
    if let complaint = ModelFile.complaint(content) {
        throw TrainingError("The trained model is not usable: \(complaint).")
    }
    let data = try ModelFile.encode(content)
    guard data.count <= ModelFile.byteLimit else {
        throw TrainingError(
            "The trained model has \(data.count) bytes, at most \(ModelFile.byteLimit) are allowed. Train with fewer "
                + "objects.")
    }
    return data
}
