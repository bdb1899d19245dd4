/// What happens to an item: the decision, with what it rests on.
public enum Verdict: Codable, Hashable, Sendable {
    case accept(Acceptance)
    case reject(Rejection)
}

public struct Acceptance: Codable, Hashable, Sendable {
    public var identification: Identification
    public var bin: BinID
    public var confidencePermille: Int

    public init(identification: Identification, bin: BinID, confidencePermille: Int) {
        self.identification = identification
        self.bin = bin
        self.confidencePermille = confidencePermille
    }
}

public struct Rejection: Codable, Hashable, Sendable {
    public var reason: RejectReason
    /// What the item was taken for, if anything was recognised at all.
    public var material: Material
    public var packagingType: PackagingTypeID?
    public var confidencePermille: Int

    public init(
        reason: RejectReason, material: Material = .unknown, packagingType: PackagingTypeID? = nil,
        confidencePermille: Int = 0
    ) {
        self.reason = reason
        self.material = material
        self.packagingType = packagingType
        self.confidencePermille = confidencePermille
    }
}

/// Why an item is handed back. The first five are the classifier's, see `UnknownReason`.
public enum RejectReason: String, CaseIterable, Codable, Hashable, Sendable {
    case noEvidence, lowConfidence, contradiction, unreadable, foreign
    /// The item is recognised, but this station has no bin for it.
    case noRoute
    /// The bin that it belongs into is full.
    case binFull
    /// More than one item was put in at once.
    case twoItems
    /// The acceptance could not be stored, so nothing may move.
    case notStored
    /// The station is being stopped.
    case stopping
    /// Emergency stop or open door while the item was not yet accepted.
    case aborted

    public init(_ reason: UnknownReason) {
        switch reason {
        case .noEvidence: self = .noEvidence
        case .lowConfidence: self = .lowConfidence
        case .contradiction: self = .contradiction
        case .unreadable: self = .unreadable
        case .foreign: self = .foreign
        }
    }
}

/// How a passage ended.
public enum Outcome: String, CaseIterable, Codable, Hashable, Sendable {
    /// The drop into the bin was confirmed: the only outcome that is credited.
    case committed
    /// Handed back to the person.
    case returned
    /// Pulled out again after acceptance: fraud, not credited.
    case reversed
    /// Power or the drop sensor failed after acceptance: counted apart, never credited, never silently lost.
    case unconfirmed
}
