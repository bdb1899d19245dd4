import Vocabulary

/// The cluster's first objective: material reuse of plastic packaging, 21 % in 2020 to 55 % in 2030.
///
/// (mass of plastic collected for reuse + mass of plastic collected for recycling) / mass of plastic placed on the
/// market in the same year. Only `committed` outcomes count; both parts are also shown apart.
public struct ObjectiveReport: Codable, Hashable, Sendable {
    /// Version of the definition above.
    public var definitionVersion: Int
    public var year: Int
    public var reuseMilligrams: Int64
    public var recyclingMilligrams: Int64
    /// Nil until the year's figure has been imported: the rate is then unknown, not zero.
    public var placedOnMarketMilligrams: Int64?
    /// Millionths; nil while the denominator is unknown.
    public var ratePartsPerMillion: Int64?
    /// The objective for that year, linear between 2020 and 2030, in millionths.
    public var targetPartsPerMillion: Int64

    public init(
        year: Int, reuseMilligrams: Int64, recyclingMilligrams: Int64, placedOnMarketMilligrams: Int64?
    ) {
        definitionVersion = 1
        self.year = year
        self.reuseMilligrams = reuseMilligrams
        self.recyclingMilligrams = recyclingMilligrams
        self.placedOnMarketMilligrams = placedOnMarketMilligrams
        targetPartsPerMillion = Self.targetPartsPerMillion(year: year)
        ratePartsPerMillion = placedOnMarketMilligrams.flatMap { placed in
            guard placed > 0 else { return nil }
            let collected = reuseMilligrams + recyclingMilligrams
            let (high, low) = collected.multipliedFullWidth(by: 1_000_000)
            // More than 9.2 trillion times what was placed on the market is not a rate.
            guard high < placed else { return nil }
            return placed.dividingFullWidth((high, low)).quotient
        }
    }

    /// 210 000 in 2020, 550 000 in 2030, level outside those years.
    public static func targetPartsPerMillion(year: Int) -> Int64 {
        210_000 + 34_000 * Int64(min(max(year, 2020), 2030) - 2020)
    }
}

/// A station as the cluster knows it.
public struct StationSummary: Codable, Hashable, Sendable {
    public var station: StationID
    public var state: EnrolmentState
    public var fingerprint: String
    /// Of the ledger that the station reports from now; nil before its first report.
    public var ledger: String?
    public var watermark: Int64
    public var head: String?
    /// A report was refused because its chain does not continue this head.
    public var isForked: Bool
    /// When the key took the place of `formerFingerprint`'s, in seconds since 1970; nil if it replaced none.
    public var keyExchangedUnixSeconds: Int64?
    public var formerFingerprint: String?

    public init(
        station: StationID, state: EnrolmentState, fingerprint: String, ledger: String?, watermark: Int64,
        head: String?, isForked: Bool, keyExchangedUnixSeconds: Int64? = nil, formerFingerprint: String? = nil
    ) {
        self.station = station
        self.state = state
        self.fingerprint = fingerprint
        self.ledger = ledger
        self.watermark = watermark
        self.head = head
        self.isForked = isForked
        self.keyExchangedUnixSeconds = keyExchangedUnixSeconds
        self.formerFingerprint = formerFingerprint
    }
}
