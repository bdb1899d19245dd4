import MaterialModel
import Vocabulary

/// The training of either head, with its frozen configuration.
public struct Trainer: Sendable {
    enum Kind: Sendable {
        case spectrometer(SpectrometerTrainer)
        case led8(LEDTrainer)
    }
    let kind: Kind
    /// What was learned from, sorted by name.
    public let objects: [MeasuredObject]
    public let head: NIRHeadKind
    let seed: UInt64

    /// - Throws: a sentence if the file has a line that cannot be used, or too little to learn from.
    public init(_ file: SpectraFile, seed: UInt64, without excluded: Set<String> = []) throws(TrainingError) {
        // What is learned must not hang on what a reader happened to skip.
        if !file.complaints.isEmpty {
            throw TrainingError(
                file.complaints.prefix(Self.complaintLimit).joined(separator: "\n")
                    + "\nTraining needs a file whose lines can all be used. Correct or remove these lines.")
        }
        head = file.head
        self.seed = seed
        switch file.head {
        case .spectrometer:
            objects = try file.objects(on: file.channelsNanometres).filter { !excluded.contains($0.name) }
            kind = .spectrometer(try SpectrometerTrainer(objects: objects, channels: file.channelsNanometres))
        case .led8:
            objects = try file.objects(on: NIRHeadKind.led8.bandsNanometres).filter { !excluded.contains($0.name) }
            kind = .led8(try LEDTrainer(objects: objects, seed: seed))
        }
    }

    /// So many sentences on bad lines are shown.
    static let complaintLimit = 20

    /// The model of all objects but some; thresholds and calibration are chosen without these as well.
    public func train(without excluded: Set<String> = []) throws(TrainingError) -> SpectralModel {
        let model: SpectralModel? =
            switch kind {
            case .spectrometer(let trainer): trainer.train(without: excluded)
            case .led8(let trainer): trainer.train(without: excluded)
            }
        guard let model else {
            throw TrainingError(
                "Learning from \(objects.count) objects failed: a covariance is not positive definite, or all objects "
                    + "of a class are alike. Train with more data.")
        }
        return model
    }

    /// The sessions that are learned from, sorted.
    public var sessions: [String] {
        let all = Set(objects.flatMap { $0.scans.map(\.session) })
        return switch head {
        case .spectrometer: all.sorted()
        case .led8:
            all.intersection([LEDTrainer.Frozen.mainSession] + LEDTrainer.Frozen.otherSessions).sorted()
        }
    }
}
