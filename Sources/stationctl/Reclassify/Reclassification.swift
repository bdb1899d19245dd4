import Ledger
import Vocabulary

/// A fold over stored decisions: each is made again by other rules, and compared. Only what depends on evidence is:
/// what the moment decided (a hand in the mouth, a stop) no rule would decide otherwise.
struct Reclassification {
    /// The decisions on both sides, in the words of the table.
    struct Pair: Hashable {
        var stored: String
        var replayed: String
    }

    struct Tally: Hashable {
        var decisions: Int64 = 0
        var changed: Int64 = 0
    }

    struct Change: Hashable {
        var sequence: Int64
        var unixMilliseconds: Int64
        var stored: Verdict
        var replayed: Verdict
    }

    /// What accepted items are counted under.
    struct CountKey: Hashable {
        var packagingType: PackagingTypeID?
        var material: Material
        var stream: Vocabulary.Stream
    }

    struct Count: Hashable {
        var units: Int64 = 0
        var massMilligrams: Int64 = 0
    }

    struct Counts: Hashable {
        var stored = Count()
        var replayed = Count()
    }

    private let changesLimit: Int
    private(set) var replayed: Int64 = 0
    private(set) var changed: Int64 = 0
    /// Only the confidence is another one.
    private(set) var otherConfidence: Int64 = 0
    /// Not replayed: readings are gone, or the moment decided; by its reason.
    private(set) var withoutReadings: Int64 = 0
    private(set) var momentary: [String: Int64] = [:]
    private(set) var pairs: [Pair: Tally] = [:]
    private(set) var counts: [CountKey: Counts] = [:]
    /// The first ones.
    private(set) var changes: [Change] = []

    /// - Parameter changesLimit: so many changes are kept with their sides; all are counted.
    init(changesLimit: Int) { self.changesLimit = changesLimit }

    mutating func add(_ decision: StoredDecision, by rules: Rules) {
        if let moment = Self.moment(of: decision) {
            momentary[moment, default: 0] += 1
            return
        }
        guard let evidence = decision.evidence else {
            withoutReadings += 1
            return
        }
        compare(decision, with: rules.verdict(on: evidence, isBinFull: Self.wasBinFull(decision.verdict)))
    }

    private mutating func compare(_ decision: StoredDecision, with verdict: Verdict) {
        let stored = decision.verdict
        let isChanged = verdict.withoutConfidence != stored.withoutConfidence
        replayed += 1
        if !isChanged && verdict != stored { otherConfidence += 1 }
        pairs[Pair(stored: stored.words, replayed: verdict.words), default: Tally()].decisions += 1
        count(stored, in: \.stored)
        count(verdict, in: \.replayed)
        guard isChanged else { return }
        changed += 1
        pairs[Pair(stored: stored.words, replayed: verdict.words), default: Tally()].changed += 1
        guard changes.count < changesLimit else { return }
        changes.append(
            Change(
                sequence: decision.sequence, unixMilliseconds: decision.wallTime.unixMilliseconds, stored: stored,
                replayed: verdict))
    }

    private mutating func count(_ verdict: Verdict, in side: WritableKeyPath<Counts, Count>) {
        guard case .accept(let acceptance) = verdict else { return }
        let item = acceptance.identification
        let key = CountKey(packagingType: item.packagingType, material: item.material, stream: item.stream)
        counts[key, default: Counts()][keyPath: side].units += 1
        counts[key, default: Counts()][keyPath: side].massMilligrams += item.massMilligrams
    }

    /// Why evidence did not decide; nil if it did.
    private static func moment(of decision: StoredDecision) -> String? {
        guard !decision.isWithdrawn else { return "withdrawn" }
        guard case .reject(let rejection) = decision.verdict else { return nil }
        switch rejection.reason {
        case .twoItems, .notStored, .stopping, .aborted: return rejection.reason.rawValue
        case .noEvidence, .lowConfidence, .contradiction, .unreadable, .foreign, .noRoute, .binFull: return nil
        }
    }

    /// How full the bins were is not evidence: it is taken from what is stored.
    private static func wasBinFull(_ verdict: Verdict) -> Bool {
        guard case .reject(let rejection) = verdict else { return false }
        return rejection.reason == .binFull
    }
}

extension Verdict {
    /// For telling whether anything changes that moves or counts.
    var withoutConfidence: Verdict {
        switch self {
        case .accept(var acceptance):
            acceptance.confidencePermille = 0
            return .accept(acceptance)
        case .reject(var rejection):
            rejection.confidencePermille = 0
            return .reject(rejection)
        }
    }

    /// Stream or reason, and the material.
    var words: String {
        switch self {
        case .accept(let acceptance):
            "accept \(acceptance.identification.material.rawValue) \(acceptance.identification.stream.rawValue)"
        case .reject(let rejection): "reject \(rejection.material.rawValue) \(rejection.reason.rawValue)"
        }
    }

    /// All that can change.
    var details: String {
        switch self {
        case .accept(let acceptance):
            let item = acceptance.identification
            return "\(words), \(item.packagingType?.rawValue ?? Table.nothing), "
                + "\(gramsText(milligrams: item.massMilligrams)) g, bin \(acceptance.bin)"
        case .reject(let rejection):
            return "\(words), \(rejection.packagingType?.rawValue ?? Table.nothing)"
        }
    }
}
