/// How far the cluster holds one ledger, and the hash that the chain has there.
struct LedgerPosition: Hashable, Sendable {
    /// Last sequence number that is counted; 0 for none.
    var watermark: Int64
    /// Hash of entry `watermark`.
    var head: String

    /// Before the first entry: the hash that entry 1 continues is 64 zeros.
    static let beginning = LedgerPosition(watermark: 0, head: String(repeating: "0", count: 64))
}

/// The part of a report that decides whether it counts. `1 <= from <= to`, see `ReportCheck`.
struct ReportHeader: Hashable, Sendable {
    var from: Int64
    var to: Int64
    var previousHead: String
    var head: String
}

/// What else is known of a ledger where a report begins and ends below the watermark: the hashes that held reports have
/// there. Nil: no report that is remembered was cut there.
struct KnownHeads: Hashable, Sendable {
    /// Of entry `from - 1`.
    var beforeFirst: String?
    /// Of entry `to`.
    var last: String?

    static let none = KnownHeads()
}

enum WatermarkDecision: Hashable, Sendable {
    /// The report continues what is held: count it and move to this position.
    case extend(LedgerPosition)
    /// All of it is counted already.
    case alreadyHeld
    /// It overlaps what is held, or leaves something out.
    case gap
    /// The station's history is not the one that is held.
    case fork(ForkReason)
}

enum ForkReason: String, Hashable, Sendable {
    /// It continues another entry than the one held.
    case previousHeadDiffers
    /// It ends with another entry than the one held.
    case headDiffers
}

/// Counts every entry exactly once, whatever is repeated, reordered or lost on the way: only the report that continues
/// the chain at the watermark counts.
enum WatermarkRule {
    static func decide(
        on report: ReportHeader, at held: LedgerPosition, known: KnownHeads = .none
    ) -> WatermarkDecision {
        func hash(at sequence: Int64, _ known: String?) -> String? {
            [held, .beginning].first { $0.watermark == sequence }?.head ?? known
        }
        if let before = hash(at: report.from - 1, known.beforeFirst), report.previousHead != before {
            return .fork(.previousHeadDiffers)
        }
        if report.from - 1 == held.watermark {
            return .extend(LedgerPosition(watermark: report.to, head: report.head))
        }
        if report.to > held.watermark { return .gap }
        if let last = hash(at: report.to, known.last), report.head != last { return .fork(.headDiffers) }
        return .alreadyHeld
    }
}
