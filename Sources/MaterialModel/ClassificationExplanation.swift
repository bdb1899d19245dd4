import Vocabulary

/// Why an item was recognised as it was: the result, what each piece of evidence did to it, and what the spectrum says
/// by itself.
public struct ClassificationExplanation: Hashable, Sendable {
    public enum Piece: String, CaseIterable, Codable, Hashable, Sendable {
        case tag, mass, metal, spectrum
    }

    /// What would have come out without this piece.
    public struct Without: Hashable, Sendable {
        public var piece: Piece
        public var classification: Classification
        /// The piece was missing, failed, or of no use: the result is the same without it.
        public var isSilent: Bool
    }

    public var classification: Classification
    public var without: [Without]
    /// Nil if there is no spectrum.
    public var spectrum: SpectralExplanation?
}

extension MaterialClassifier {
    /// The same as `classify`, with its reasons. For people: it takes several times as long.
    public func explain(_ evidence: Evidence) -> ClassificationExplanation {
        let all = classify(evidence)
        let without = ClassificationExplanation.Piece.allCases.map { piece in
            var fewer = evidence
            switch piece {
            case .tag: fewer.tag = .missing
            case .mass: fewer.mass = .missing
            case .metal: fewer.metal = .missing
            case .spectrum: (fewer.spectrum, fewer.furtherSpectra) = (.missing, [])
            }
            let classification = classify(fewer)
            return ClassificationExplanation.Without(
                piece: piece, classification: classification, isSilent: classification == all)
        }
        return ClassificationExplanation(
            classification: all, without: without,
            spectrum: evidence.spectra.isEmpty ? nil : model.explain(evidence.spectra))
    }
}
