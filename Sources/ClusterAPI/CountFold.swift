import Vocabulary

/// The fold over ledger entries that everything counted rests on: the station's report and the check of it use the
/// same few lines.
public struct CountFold: Sendable {
    private var totals: [TotalKey: Total] = [:]

    public init() {}

    /// Adds what one entry counts; entries other than outcomes and refusals count nothing.
    public mutating func add(_ record: LedgerRecord, at time: WallTime) {
        switch record {
        case .ended(let ended):
            let identification = ended.acceptance.identification
            add(
                TotalKey(
                    unixHour: time.unixHour, packagingType: identification.packagingType,
                    material: identification.material, stream: identification.stream, outcome: ended.outcome),
                massMilligrams: identification.massMilligrams)
        case .refused(let refused):
            add(
                TotalKey(
                    unixHour: time.unixHour, packagingType: refused.rejection.packagingType,
                    material: refused.rejection.material, stream: nil, outcome: .returned),
                // An empty scale reads a little less than nothing now and then. The record says so; no sum does.
                massMilligrams: max(0, refused.massMilligrams ?? 0))
        case .started, .accepted, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped:
            break
        }
    }

    private mutating func add(_ key: TotalKey, massMilligrams: Int64) {
        totals[key, default: Total(key: key, units: 0, massMilligrams: 0)].units += 1
        totals[key]?.massMilligrams += massMilligrams
    }

    /// How many keys there are.
    public var count: Int { totals.count }

    /// Sorted by key.
    public var sortedTotals: [Total] { totals.values.sorted { $0.key < $1.key } }
}
