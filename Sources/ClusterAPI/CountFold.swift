import Vocabulary

/// The fold over ledger entries that everything counted rests on: the station's report and the check of it use the
/// same few lines.
public struct CountFold: Sendable {
    private var totals: [TotalKey: Total] = [:]

    public init() {}

    /// Adds what one entry counts; entries other than outcomes, refusals and corrections count nothing.
    public mutating func add(_ record: LedgerRecord, at time: WallTime) {
        switch record {
        case .ended(let ended): add(1, CountedItem(ended, unixHour: time.unixHour))
        case .refused(let refused): add(1, CountedItem(refused, unixHour: time.unixHour))
        case .corrected(let correction):
            if let was = correction.was { add(-1, was) }
            if let becomes = correction.becomes { add(1, becomes) }
        case .hoursCorrected(let hours):
            for move in hours.moves {
                add(TotalKey(move, unixHour: move.fromHour), -move.units, -move.massMilligrams)
                add(TotalKey(move, unixHour: move.toHour), move.units, move.massMilligrams)
            }
        case .started, .accepted, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged:
            break
        }
    }

    private mutating func add(_ sign: Int64, _ item: CountedItem) {
        add(TotalKey(item), sign, sign * item.massMilligrams)
    }

    /// What adds up to nothing is not kept: two folds that differ by it are the same.
    private mutating func add(_ key: TotalKey, _ units: Int64, _ massMilligrams: Int64) {
        var total = totals[key] ?? Total(key: key, units: 0, massMilligrams: 0)
        total.units += units
        total.massMilligrams += massMilligrams
        totals[key] = total.units == 0 && total.massMilligrams == 0 ? nil : total
    }

    /// How many keys have a total.
    public var count: Int { totals.count }

    /// Sorted by key. Over a part of a ledger they are differences, and below zero where a correction takes back what
    /// was counted before.
    public var sortedTotals: [Total] { totals.values.sorted { $0.key < $1.key } }
}

extension CountedItem {
    /// What an outcome counts, before any correction.
    public init(_ ended: OutcomeRecord, unixHour: Int64) {
        let identification = ended.acceptance.identification
        self.init(
            unixHour: unixHour, packagingType: identification.packagingType, material: identification.material,
            stream: identification.stream, outcome: ended.outcome, massMilligrams: identification.massMilligrams)
    }

    /// What a refusal counts, before any correction.
    public init(_ refused: RefusalRecord, unixHour: Int64) {
        self.init(
            unixHour: unixHour, packagingType: refused.rejection.packagingType, material: refused.rejection.material,
            stream: nil, outcome: .returned,
            // An empty scale reads a little less than nothing now and then. The record says so; no sum does.
            massMilligrams: max(0, refused.massMilligrams ?? 0))
    }
}

extension TotalKey {
    /// The total that an item counts under.
    public init(_ item: CountedItem) {
        self.init(
            unixHour: item.unixHour, packagingType: item.packagingType, material: item.material, stream: item.stream,
            outcome: item.outcome)
    }

    fileprivate init(_ move: HourMove, unixHour: Int64) {
        self.init(
            unixHour: unixHour, packagingType: move.packagingType, material: move.material, stream: move.stream,
            outcome: move.outcome)
    }
}
