import Vocabulary

/// What a person says of an item that was counted wrongly. What is nil stays as it is.
public struct CorrectionRequest: Codable, Hashable, Sendable {
    /// Of the acceptance, its outcome, or the refusal.
    public var sequence: Int64
    public var by: String
    public var why: String
    /// Nothing is to count of it.
    public var isVoid: Bool
    public var outcome: Outcome?
    public var packagingType: PackagingTypeID?
    public var material: Material?
    public var stream: Stream?
    public var massMilligrams: Int64?

    public init(
        sequence: Int64, by: String, why: String, isVoid: Bool = false, outcome: Outcome? = nil,
        packagingType: PackagingTypeID? = nil, material: Material? = nil, stream: Stream? = nil,
        massMilligrams: Int64? = nil
    ) {
        self.sequence = sequence
        self.by = by
        self.why = why
        self.isVoid = isVoid
        self.outcome = outcome
        self.packagingType = packagingType
        self.material = material
        self.stream = stream
        self.massMilligrams = massMilligrams
    }

    /// Longest reason, in bytes of UTF-8.
    public static let whyByteLimit = 500
    /// Longest name of who says so, in bytes of UTF-8.
    public static let byByteLimit = 100
    /// Ten times what any chamber holds, in milligrams (1000 kg).
    public static let massMilligramsLimit: Int64 = 1_000_000_000

    var changesSomething: Bool {
        outcome != nil || packagingType != nil || material != nil || stream != nil || massMilligrams != nil
    }
}

public struct CorrectionAnswer: Codable, Hashable, Sendable {
    public var taken: Bool
    public var message: String
    /// The new entry's number; nil if it was not taken, as the next three.
    public var sequence: Int64?
    /// The entry that it corrects.
    public var correctedSequence: Int64?
    /// What counted until now; nil: nothing.
    public var was: CountedItem?
    /// What counts from now on; nil: nothing.
    public var becomes: CountedItem?

    public init(
        taken: Bool, message: String, sequence: Int64? = nil, correctedSequence: Int64? = nil,
        was: CountedItem? = nil, becomes: CountedItem? = nil
    ) {
        self.taken = taken
        self.message = message
        self.sequence = sequence
        self.correctedSequence = correctedSequence
        self.was = was
        self.becomes = becomes
    }
}
