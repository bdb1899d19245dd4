/// How the wall clock changed against the monotonic one.
public struct ClockRecord: Codable, Hashable, Sendable {
    /// How far the wall clock jumped, in milliseconds; 0 if only the trust changed.
    public var stepMilliseconds: Int64
    /// Whether the wall clock is trusted from now on.
    public var isTrusted: Bool

    public init(stepMilliseconds: Int64, isTrusted: Bool) {
        self.stepMilliseconds = stepMilliseconds
        self.isTrusted = isTrusted
    }
}

/// The true hours of entries that were stamped before the clock was trusted. It says itself what moves, so that a fold
/// over entries needs nothing beside them.
public struct HoursRecord: Hashable, Sendable {
    /// The range of sequence numbers whose untrusted entries of this boot are corrected.
    public var first: Int64
    public var last: Int64
    /// The boot that all of this happened in, as entries name it.
    public var boot: String
    /// A moment of this boot at which the clock was trusted.
    public var anchor: ClockAnchor
    /// Sorted by key, then by the hour before and after; never within one hour.
    public var moves: [HourMove]

    public init(first: Int64, last: Int64, boot: String, anchor: ClockAnchor, moves: [HourMove]) {
        self.first = first
        self.last = last
        self.boot = boot
        self.anchor = anchor
        self.moves = moves
    }
}

/// One moment on both clocks, the wall clock being trusted.
public struct ClockAnchor: Hashable, Sendable {
    public var monotonicNanoseconds: Int64
    public var unixMilliseconds: Int64

    public init(monotonicNanoseconds: Int64, unixMilliseconds: Int64) {
        self.monotonicNanoseconds = monotonicNanoseconds
        self.unixMilliseconds = unixMilliseconds
    }

    /// The true wall time of another moment of the same boot, in milliseconds since 1970.
    public func unixMilliseconds(atMonotonic nanoseconds: Int64) -> Int64 {
        // Wrapping: what a damaged file holds must not stop the process.
        unixMilliseconds &- (monotonicNanoseconds &- nanoseconds).flooredQuotient(dividingBy: 1_000_000)
    }
}

/// Counts of one key that belong into another hour.
public struct HourMove: Hashable, Sendable {
    /// Whole hours since 1970-01-01T00:00Z.
    public var fromHour: Int64
    public var toHour: Int64
    public var packagingType: PackagingTypeID?
    public var material: Material
    public var stream: Stream?
    public var outcome: Outcome
    public var units: Int64
    public var massMilligrams: Int64

    public init(
        fromHour: Int64, toHour: Int64, packagingType: PackagingTypeID?, material: Material, stream: Stream?,
        outcome: Outcome, units: Int64, massMilligrams: Int64
    ) {
        self.fromHour = fromHour
        self.toHour = toHour
        self.packagingType = packagingType
        self.material = material
        self.stream = stream
        self.outcome = outcome
        self.units = units
        self.massMilligrams = massMilligrams
    }
}

/// A person found that what was counted of an item is not so.
public struct CorrectionRecord: Hashable, Sendable {
    /// The `ended` or `refused` entry.
    public var correctedSequence: Int64
    /// Who says so: a user name or the place it came from.
    public var by: String
    public var why: String
    /// What counts of it before this entry; nil if it was void.
    public var was: CountedItem?
    /// What counts of it from this entry on; nil: nothing.
    public var becomes: CountedItem?

    public init(correctedSequence: Int64, by: String, why: String, was: CountedItem?, becomes: CountedItem?) {
        self.correctedSequence = correctedSequence
        self.by = by
        self.why = why
        self.was = was
        self.becomes = becomes
    }
}

/// What one item counts: one unit and its mass, under these words.
public struct CountedItem: Codable, Hashable, Sendable {
    /// Whole hours since 1970-01-01T00:00Z.
    public var unixHour: Int64
    /// Nil for packaging that the catalogue does not list.
    public var packagingType: PackagingTypeID?
    public var material: Material
    /// Nil for items that were never accepted.
    public var stream: Stream?
    public var outcome: Outcome
    /// Never below 0.
    public var massMilligrams: Int64

    public init(
        unixHour: Int64, packagingType: PackagingTypeID?, material: Material, stream: Stream?, outcome: Outcome,
        massMilligrams: Int64
    ) {
        self.unixHour = unixHour
        self.packagingType = packagingType
        self.material = material
        self.stream = stream
        self.outcome = outcome
        self.massMilligrams = massMilligrams
    }
}
