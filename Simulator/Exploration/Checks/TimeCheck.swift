import Ledger
import Vocabulary

/// Whether the times in a ledger are honest, as far as its entries say: worked out again beside the writer's own rules.
struct TimeCheck {
    /// Between two entries, in milliseconds: what the writer calls a step.
    private static let stepMilliseconds: Int64 = 1000
    private static let millisecondsPerHour: Int64 = 3_600_000

    private struct Untimed {
        var sequence: Int64
        var monotonicNanoseconds: Int64
        var hour: Int64
    }

    private var last: LedgerEntry?
    /// Outcomes and refusals of the last entry's boot that were stamped while the clock was not trusted.
    private var untimed: [Untimed] = []

    /// What is wrong with the next entry; nil if nothing is.
    mutating func problem(of entry: LedgerEntry, _ record: LedgerRecord) -> String? {
        let before = last
        last = entry
        if before?.bootID != entry.bootID { untimed = [] }
        if let before, before.bootID == entry.bootID, let problem = Self.problem(of: entry, record, after: before) {
            return problem
        }
        switch record {
        case .ended, .refused:
            guard entry.clockTrusted == 0 else { return nil }
            let hour = entry.unixMilliseconds / Self.millisecondsPerHour
            untimed.append(
                Untimed(sequence: entry.sequence, monotonicNanoseconds: entry.monotonicNanoseconds, hour: hour))
            return nil
        case .hoursCorrected(let hours):
            return problem(of: entry, hours)
        case .accepted, .started, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged,
            .corrected:
            return nil
        }
    }

    private static func problem(
        of entry: LedgerEntry, _ record: LedgerRecord, after before: LedgerEntry
    ) -> String? {
        guard entry.monotonicNanoseconds >= before.monotonicNanoseconds else {
            return "entry \(entry.sequence) has an earlier monotonic time than the one before it in the same boot"
        }
        if case .clockChanged = record { return nil }
        let step = entry.offsetMilliseconds - before.offsetMilliseconds
        guard step.magnitude >= stepMilliseconds || entry.clockTrusted != before.clockTrusted else { return nil }
        return "before entry \(entry.sequence) the wall clock jumped by \(step) ms or its trust changed, and no entry "
            + "says so"
    }

    /// Every move is one that some entry of the range has to make.
    private func problem(of entry: LedgerEntry, _ hours: HoursRecord) -> String? {
        let moved = untimed.filter { $0.sequence >= hours.first && $0.sequence <= hours.last }
        let wrong = hours.moves.first { move in
            !moved.contains { item in
                let age = (hours.anchor.monotonicNanoseconds - item.monotonicNanoseconds) / 1_000_000
                let hour = (hours.anchor.unixMilliseconds - age) / Self.millisecondsPerHour
                return item.hour == move.fromHour && hour == move.toHour
            }
        }
        return wrong.map { move in
            "entry \(entry.sequence) moves items from hour \(move.fromHour) to hour \(move.toHour), which no item of "
                + "the entries \(hours.first) to \(hours.last) needs"
        }
    }
}

extension LedgerEntry {
    /// Between the two clocks; a boot's monotonic clock begins at 0.
    fileprivate var offsetMilliseconds: Int64 { unixMilliseconds - monotonicNanoseconds / 1_000_000 }
}
