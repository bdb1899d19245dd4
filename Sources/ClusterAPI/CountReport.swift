import Vocabulary

/// Totals for a contiguous range of one ledger's sequence numbers, as a station uploads them.
///
/// The body that travels is exactly `canonicalBytes`; the signature is over those bytes.
public struct CountReport: Codable, Hashable, Sendable {
    /// Version of this encoding; a change of meaning is a new number.
    public var version: Int = 1
    public var station: StationID
    /// Lower-case hexadecimal, 32 digits: chosen at random when the ledger was created.
    public var ledger: String
    /// First sequence number covered; 1 for the first report.
    public var from: Int64
    /// Last sequence number covered, at least `from`.
    public var to: Int64
    /// Hash of entry `from - 1`, 64 hexadecimal digits; 64 zeros before the first entry.
    public var previousHead: String
    /// Hash of entry `to`.
    public var head: String
    /// Sorted ascending by `key`, no key twice.
    public var totals: [Total]

    public init(
        station: StationID, ledger: String, from: Int64, to: Int64, previousHead: String, head: String, totals: [Total]
    ) {
        self.station = station
        self.ledger = ledger
        self.from = from
        self.to = to
        self.previousHead = previousHead
        self.head = head
        self.totals = totals
    }
}

/// Units and mass of one hour, packaging type, material, stream and outcome.
public struct Total: Codable, Hashable, Sendable {
    public var key: TotalKey
    public var units: Int64
    public var massMilligrams: Int64

    public init(key: TotalKey, units: Int64, massMilligrams: Int64) {
        self.key = key
        self.units = units
        self.massMilligrams = massMilligrams
    }
}

public struct TotalKey: Codable, Hashable, Sendable, Comparable {
    /// Hours since 1970-01-01T00:00Z of the outcome.
    public var unixHour: Int64
    /// Nil for packaging that the catalogue does not list.
    public var packagingType: PackagingTypeID?
    public var material: Material
    /// Nil for items that were never accepted.
    public var stream: Stream?
    public var outcome: Outcome

    public init(
        unixHour: Int64, packagingType: PackagingTypeID?, material: Material, stream: Stream?, outcome: Outcome
    ) {
        self.unixHour = unixHour
        self.packagingType = packagingType
        self.material = material
        self.stream = stream
        self.outcome = outcome
    }

    private var order: (Int64, String, String, String, String) {
        (unixHour, packagingType?.rawValue ?? "", material.rawValue, stream?.rawValue ?? "", outcome.rawValue)
    }

    public static func < (left: TotalKey, right: TotalKey) -> Bool { left.order < right.order }
}
