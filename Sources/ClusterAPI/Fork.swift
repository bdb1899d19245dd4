import Vocabulary

/// A ledger of which the cluster has seen two histories: the one that counts, and one that was refused.
public struct ForkSummary: Codable, Hashable, Sendable {
    public var station: StationID
    /// Lower-case hexadecimal, 32 digits.
    public var ledger: String
    public var point: ForkPoint
    /// How far the ledger is counted.
    public var watermark: Int64
    /// How many refused reports are kept.
    public var refusedReports: Int
    /// When the first of them came, in seconds since 1970; nil if an older version kept it without its time.
    public var firstRefusedUnixSeconds: Int64?

    public init(
        station: StationID, ledger: String, point: ForkPoint, watermark: Int64, refusedReports: Int,
        firstRefusedUnixSeconds: Int64?
    ) {
        self.station = station
        self.ledger = ledger
        self.point = point
        self.watermark = watermark
        self.refusedReports = refusedReports
        self.firstRefusedUnixSeconds = firstRefusedUnixSeconds
    }
}

/// Between which entries two histories of a ledger part. The cluster has no entries, only the heads of reports, so it
/// knows this as well as the reports were cut.
public struct ForkPoint: Codable, Hashable, Sendable {
    /// The last entry that both are known to have; 0: none.
    public var sharedUpTo: Int64
    /// The first entry that is known to differ.
    public var differsAt: Int64

    public init(sharedUpTo: Int64, differsAt: Int64) {
        self.sharedUpTo = sharedUpTo
        self.differsAt = differsAt
    }
}

/// Both branches of a forked ledger, from the last entry that they are known to share.
public struct LedgerFork: Codable, Hashable, Sendable {
    public var station: StationID
    /// Lower-case hexadecimal, 32 digits.
    public var ledger: String
    public var point: ForkPoint
    public var watermark: Int64
    /// Hash of entry `watermark`.
    public var head: String
    /// What counts after the shared entries, in order; at most the newest `heldReportsLimit` reports are known.
    public var held: [HeldReport]
    /// What was refused, in order.
    public var refused: [RefusedReport]

    /// The cluster remembers at most this many counted reports of a ledger.
    public static let heldReportsLimit = 256

    public init(
        station: StationID, ledger: String, point: ForkPoint, watermark: Int64, head: String, held: [HeldReport],
        refused: [RefusedReport]
    ) {
        self.station = station
        self.ledger = ledger
        self.point = point
        self.watermark = watermark
        self.head = head
        self.held = held
        self.refused = refused
    }
}

/// A report that counts: what is remembered of it beside its totals.
public struct HeldReport: Codable, Hashable, Sendable {
    public var first: Int64
    public var last: Int64
    /// Hash of entry `first - 1`.
    public var previousHead: String
    /// Hash of entry `last`.
    public var head: String
    /// Of all outcomes.
    public var units: Int64
    /// Seconds since 1970.
    public var receivedUnixSeconds: Int64

    public init(
        first: Int64, last: Int64, previousHead: String, head: String, units: Int64, receivedUnixSeconds: Int64
    ) {
        self.first = first
        self.last = last
        self.previousHead = previousHead
        self.head = head
        self.units = units
        self.receivedUnixSeconds = receivedUnixSeconds
    }
}

/// A report of another history, kept apart for a person.
public struct RefusedReport: Codable, Hashable, Sendable {
    public var first: Int64
    public var last: Int64
    public var previousHead: String
    public var head: String
    /// `previousHeadDiffers`: it continues another entry than the one held; `headDiffers`: it ends with another.
    public var reason: String
    /// Nil if an older version kept it without its time.
    public var receivedUnixSeconds: Int64?
    /// Of the key, held now or formerly, that its signature fits; nil if it fits none.
    public var signedBy: String?
    /// What it would have counted, by outcome.
    public var totals: [OutcomeTotal]

    public init(
        first: Int64, last: Int64, previousHead: String, head: String, reason: String, receivedUnixSeconds: Int64?,
        signedBy: String?, totals: [OutcomeTotal]
    ) {
        self.first = first
        self.last = last
        self.previousHead = previousHead
        self.head = head
        self.reason = reason
        self.receivedUnixSeconds = receivedUnixSeconds
        self.signedBy = signedBy
        self.totals = totals
    }
}

/// Units and mass of one outcome.
public struct OutcomeTotal: Codable, Hashable, Sendable {
    public var outcome: Outcome
    public var units: Int64
    public var massMilligrams: Int64

    public init(outcome: Outcome, units: Int64, massMilligrams: Int64) {
        self.outcome = outcome
        self.units = units
        self.massMilligrams = massMilligrams
    }

    /// Adds up over hours, packaging types, materials and streams; sorted by outcome.
    public static func sums(of totals: [Total]) -> [OutcomeTotal] {
        let byOutcome = Dictionary(grouping: totals, by: \.key.outcome)
        return byOutcome.map { outcome, totals in
            OutcomeTotal(
                outcome: outcome, units: totals.reduce(0) { $0 + $1.units },
                massMilligrams: totals.reduce(0) { $0 + $1.massMilligrams })
        }.sorted { $0.outcome.rawValue < $1.outcome.rawValue }
    }
}
