/// Recognises an item. Pure and fast (microseconds): called on the control loop's thread.
public protocol Classifier: Sendable {
    func classify(_ evidence: Evidence) -> Classification
}

/// What the classifier makes of the evidence: the seam between intake (which decides) and the material model (which
/// recognises).
public struct Classification: Codable, Hashable, Sendable {
    public enum Result: Codable, Hashable, Sendable {
        case identified(Identification)
        case unknown(UnknownReason)
    }
    public var result: Result
    /// Confidence in the most likely material, 0 to 1000 thousandths; kept for `unknown` as well.
    public var confidencePermille: Int
    /// The materials thought of, most likely first, at most `Classification.candidateLimit`.
    public var candidates: [Candidate]

    public static let candidateLimit = 3

    public init(result: Result, confidencePermille: Int, candidates: [Candidate]) {
        self.result = result
        self.confidencePermille = confidencePermille
        self.candidates = candidates
    }

    public struct Candidate: Codable, Hashable, Sendable {
        public var material: Material
        public var probabilityPermille: Int
        public init(material: Material, probabilityPermille: Int) {
            self.material = material
            self.probabilityPermille = probabilityPermille
        }
    }
}

/// An item whose material is known well enough.
public struct Identification: Codable, Hashable, Sendable {
    /// Nil for packaging of a known material that the catalogue does not list.
    public var packagingType: PackagingTypeID?
    public var material: Material
    public var stream: Stream
    public var massMilligrams: Int64
    public var massSource: MassSource
    public var tag: Tag?

    public init(
        packagingType: PackagingTypeID?, material: Material, stream: Stream, massMilligrams: Int64,
        massSource: MassSource, tag: Tag? = nil
    ) {
        self.packagingType = packagingType
        self.material = material
        self.stream = stream
        self.massMilligrams = massMilligrams
        self.massSource = massSource
        self.tag = tag
    }
}

public enum MassSource: String, Codable, Hashable, Sendable {
    /// Weighed by the station's scale.
    case measured
    /// The scale gave nothing usable; the catalogue's mass of the type stands in and is marked as such.
    case catalogue
}

/// Why the classifier does not name a material.
public enum UnknownReason: String, CaseIterable, Codable, Hashable, Sendable {
    /// No sensor gave anything to go by.
    case noEvidence
    /// The most likely material is not likely enough.
    case lowConfidence
    /// Pieces of evidence exclude each other (a tag of a 35 g cup on an item of 6 g).
    case contradiction
    /// The spectrum carries no signal (black or very dark item) and nothing else decides.
    case unreadable
    /// The item is unlike everything the model was trained on.
    case foreign
}
