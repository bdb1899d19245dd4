import MaterialModel
import Vocabulary

/// Why an item was recognised as it was: what was decided, what the present rules make of the stored evidence, what
/// each piece did to that, and the spectrum beside the two likeliest classes.
public struct ReturnExplanation: Codable, Hashable, Sendable {
    /// What was decided when the item was there. Of a refused item there is a reason and no bin.
    public struct Decision: Codable, Hashable, Sendable {
        public var material: Material
        public var packagingType: PackagingTypeID?
        public var stream: Stream?
        public var bin: BinID?
        /// That was booked.
        public var massMilligrams: Int64?
        public var reason: RejectReason?
        public var confidencePermille: Int
        /// The person took the item back before there was a verdict.
        public var isWithdrawn: Bool
    }

    /// What comes out of evidence: a material with its stream, or a reason why it is unknown.
    public struct Result: Codable, Hashable, Sendable {
        public var material: Material?
        public var packagingType: PackagingTypeID?
        public var stream: Stream?
        public var unknown: UnknownReason?
        public var confidencePermille: Int
        /// Likeliest first, the runner-up behind it; at most `Classification.candidateLimit`.
        public var candidates: [Classification.Candidate]
    }

    public struct Without: Codable, Hashable, Sendable {
        public var piece: ClassificationExplanation.Piece
        /// The result is the same without the piece.
        public var isSilent: Bool
        public var result: Result
    }

    public struct Model: Codable, Hashable, Sendable {
        public var head: NIRHeadKind
        /// SHA-256 of the file, 64 hexadecimal digits.
        public var hash: String
    }

    /// Of all placements together.
    public struct SpectrumShown: Codable, Hashable, Sendable {
        /// How often the item was read.
        public var placements: Int
        /// As `SpectralReading.word` has it.
        public var reading: String
        public var novelty: Double?
        /// Below it the spectrum is refused; nil for a model without a test of novelty.
        public var leastNovelty: Double?
        public var contrast: Double
        public var leastContrast: Double?
        /// All classes, likeliest first; empty if nothing could be read.
        public var classes: [Class]
        /// Along the spectrum, as the model sees it: standardised, no reflectances. Empty if nothing could be read.
        public var curve: [Point]
    }

    public struct Class: Codable, Hashable, Sendable {
        public var material: Material
        public var probability: Double
        /// Mean over the curve, in the class's standard deviations.
        public var meanDeviation: Double
    }

    public struct Point: Codable, Hashable, Sendable {
        public var nanometres: Double
        public var item: Double
        /// Mean and standard deviation over the items of the likeliest class, and of the runner-up.
        public var likeliest: Span
        public var runnerUp: Span
    }

    public struct Span: Codable, Hashable, Sendable {
        public var mean: Double
        public var spread: Double
    }

    public var sequence: Int64
    public var unixMilliseconds: Int64
    public var decision: Decision
    public var result: Result
    public var without: [Without]
    public var model: Model
    /// Nil if no spectrum was read.
    public var spectrum: SpectrumShown?
}

/// Why there is nothing to explain.
public enum ExplanationRefusal: Error, Hashable, Sendable {
    /// The ledger has no such entry, or one of something else.
    case noDecision(sequence: Int64)
    case pruned(sequence: Int64)

    public var sentence: String {
        switch self {
        case .noDecision(let sequence):
            "Entry \(sequence) of the ledger decides on no item. `stationctl returns` lists those that do."
        case .pruned(let sequence):
            "The readings of entry \(sequence) have been pruned; its decision cannot be explained."
        }
    }
}

extension ReturnExplanation {
    /// - Parameter decided: what the ledger has under that number; nil: nothing.
    package init(
        of sequence: Int64, _ decided: StoredDecision?, by classifier: MaterialClassifier
    ) throws(ExplanationRefusal) {
        guard let decided else { throw .noDecision(sequence: sequence) }
        guard let evidence = decided.evidence else { throw .pruned(sequence: sequence) }
        let found = classifier.explain(evidence)
        (self.sequence, unixMilliseconds) = (sequence, decided.wallTime.unixMilliseconds)
        decision = Decision(decided.verdict, isWithdrawn: decided.isWithdrawn)
        result = Result(found.classification)
        without = found.without.map {
            Without(piece: $0.piece, isSilent: $0.isSilent, result: Result($0.classification))
        }
        model = Model(head: classifier.model.head, hash: classifier.model.hash)
        spectrum = found.spectrum.map { SpectrumShown($0, placements: evidence.spectra.count) }
    }
}

extension ReturnExplanation.Decision {
    fileprivate init(_ verdict: Verdict, isWithdrawn: Bool) {
        switch verdict {
        case .accept(let acceptance):
            let found = acceptance.identification
            self.init(
                material: found.material, packagingType: found.packagingType, stream: found.stream,
                bin: acceptance.bin, massMilligrams: found.massMilligrams, reason: nil,
                confidencePermille: acceptance.confidencePermille, isWithdrawn: isWithdrawn)
        case .reject(let rejection):
            self.init(
                material: rejection.material, packagingType: rejection.packagingType, stream: nil, bin: nil,
                massMilligrams: nil, reason: rejection.reason, confidencePermille: rejection.confidencePermille,
                isWithdrawn: isWithdrawn)
        }
    }
}

extension ReturnExplanation.Result {
    fileprivate init(_ classification: Classification) {
        (confidencePermille, candidates) = (classification.confidencePermille, classification.candidates)
        switch classification.result {
        case .unknown(let reason): unknown = reason
        case .identified(let found):
            (material, packagingType, stream) = (found.material, found.packagingType, found.stream)
        }
    }
}

extension ReturnExplanation.SpectrumShown {
    fileprivate init(_ found: SpectralExplanation, placements: Int) {
        self.placements = placements
        reading = found.judgement.reading.word
        (novelty, leastNovelty) = (found.judgement.novelty, found.leastNovelty)
        (contrast, leastContrast) = (found.judgement.contrast, found.leastContrast)
        classes = found.ranking.map {
            ReturnExplanation.Class(
                material: $0.material, probability: $0.probability, meanDeviation: $0.meanDeviation)
        }
        curve = found.features.map { feature in
            ReturnExplanation.Point(
                nanometres: feature.nanometres, item: feature.value,
                likeliest: ReturnExplanation.Span(mean: feature.classMean, spread: feature.classSpread),
                runnerUp: ReturnExplanation.Span(mean: feature.runnerUpMean, spread: feature.runnerUpSpread))
        }
    }
}
