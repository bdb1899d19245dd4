import ClusterAPI
import Station
import Vocabulary

/// The explorer's own account of what the ledger was asked for and what it has answered, kept beside the real one.
struct LedgerAccount {
    struct Pending {
        var record: LedgerRecord
        var wallTime: WallTime
    }

    struct Open {
        var sequence: Int64
        var acceptance: AcceptanceRecord
        /// What lay on the belt when the passage was measured; nobody knows for one that is found at a start.
        var items: [Int]
    }

    struct Credit {
        var sequence: Int64
        var bin: BinID
        var items: [Int]
    }

    /// The passage under way, and one whose outcome the disk has refused: it is tried again, and intake is suspended.
    private static let openLimit = 2

    /// Entries that are known to be in the ledger: answered, or found at a start.
    private(set) var count: Int64 = 0
    /// What the ledger counts up to each entry; the first is before entry 1.
    private(set) var units: [Int64] = [0]
    private(set) var massMilligrams: [Int64] = [0]
    private(set) var fold = CountFold()
    private(set) var acceptances = 0
    /// Without an outcome, as far as is known.
    private(set) var open: [Open] = []
    /// What was committed, and how much is named unconfirmed.
    private(set) var credits: [Credit] = []
    private(set) var unconfirmed = 0
    /// Outcomes and refusals: what a person may find counted wrongly.
    private(set) var counting: [Int64] = []
    /// Handed to the writer in this boot and not answered, in order.
    private(set) var pending: [(token: RecordToken, entry: Pending)] = []

    mutating func appended(_ token: RecordToken, _ record: LedgerRecord, at wallTime: WallTime) {
        pending.append((token, Pending(record: record, wallTime: wallTime)))
    }

    /// The writer's answer. Returns what is wrong with it; nil if nothing is.
    /// - Parameter items: those of the passage that is under way.
    mutating func stored(_ token: RecordToken, sequence: Int64, items: [Int]) -> (Invariant, String)? {
        guard let place = pending.firstIndex(where: { $0.token == token }) else {
            return (.answeredIsDurable, "record \(token.rawValue) was answered, but not asked for or answered before")
        }
        let entry = pending.remove(at: place).entry
        guard place == 0 else {
            return (.timeOrder, "record \(token.rawValue) was answered before \(place) that were asked for earlier")
        }
        guard sequence == count + 1 else {
            return (.chain, "a record was stored as entry \(sequence), the next one is \(count + 1)")
        }
        return add(entry.record, at: entry.wallTime, items: items)
    }

    mutating func failed(_ token: RecordToken) {
        pending.removeAll { $0.token == token }
    }

    /// What was handed over and never answered may be in the ledger or not.
    mutating func forgetPending() { pending = [] }

    /// The next entry of the ledger. Returns what is wrong with it.
    mutating func add(
        _ record: LedgerRecord, at wallTime: WallTime, items: [Int] = []
    ) -> (Invariant, String)? {
        count += 1
        fold.add(record, at: wallTime)
        var (unit, mass): (Int64, Int64) = (0, 0)
        defer {
            units.append(units[units.count - 1] + unit)
            massMilligrams.append(massMilligrams[massMilligrams.count - 1] + mass)
        }
        switch record {
        case .accepted(let accepted):
            acceptances += 1
            open.append(Open(sequence: count, acceptance: accepted, items: items))
            guard open.count <= Self.openLimit else {
                return (.oneOutcome, "entry \(count) accepts while entry \(open[0].sequence) has no outcome")
            }
        case .ended(let ended):
            (unit, mass) = (1, ended.acceptance.identification.massMilligrams)
            counting.append(count)
            guard let place = open.firstIndex(where: { $0.sequence == ended.acceptedSequence }) else {
                return (.oneOutcome, "entry \(count) ends entry \(ended.acceptedSequence), which is not open")
            }
            let ending = open.remove(at: place)
            guard ending.acceptance.acceptance == ended.acceptance else {
                return (.oneOutcome, "entry \(count) credits something else than entry \(ended.acceptedSequence)")
            }
            switch ended.outcome {
            case .committed:
                credits.append(Credit(sequence: count, bin: ended.acceptance.bin, items: ending.items))
            case .unconfirmed: unconfirmed += 1
            case .returned, .reversed: break
            }
        case .refused(let refused):
            (unit, mass) = (1, max(0, refused.massMilligrams ?? 0))
            counting.append(count)
        case .corrected(let correction):
            unit = (correction.becomes == nil ? 0 : 1) - (correction.was == nil ? 0 : 1)
            mass = (correction.becomes?.massMilligrams ?? 0) - (correction.was?.massMilligrams ?? 0)
        case .started, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged, .hoursCorrected:
            break
        }
        return nil
    }
}
