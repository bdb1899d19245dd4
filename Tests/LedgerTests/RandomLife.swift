import ClusterAPI
import Vocabulary

/// A generator that gives the same numbers for the same seed (xorshift64*, Vigna 2016).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed == 0 ? 1 : seed }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 2_685_821_657_736_338_717
    }
}

/// Records as a station might write them, every acceptance ended before the next.
struct RandomLife {
    private var generator: SeededGenerator
    private(set) var records: [LedgerRecord] = []

    init(seed: UInt64, steps: Int) {
        generator = SeededGenerator(seed: seed)
        for _ in 0..<steps { step() }
    }

    private mutating func step() {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: records.append(.faultRaised(Fault(.binFull, subject: "plastic")))
        case 1, 2: records.append(refusal())
        default:
            let acceptance = acceptance()
            records.append(Samples.accepted(acceptance, passage: Int64(records.count)))
            let outcome = Outcome.allCases.randomElement(using: &generator)!
            records.append(
                Samples.ended(Int64(records.count), acceptance, outcome, outcome == .committed ? nil : .pulledOut))
        }
    }

    private mutating func acceptance() -> Acceptance {
        Acceptance(
            identification: Identification(
                packagingType: [nil, "cup-300", "box-1"].randomElement(using: &generator)!,
                material: [.pet, .pp, .fibre].randomElement(using: &generator)!,
                stream: [.reuse, .recycling].randomElement(using: &generator)!,
                massMilligrams: .random(in: 1...90_000, using: &generator), massSource: .measured),
            bin: "plastic", confidencePermille: 900)
    }

    private mutating func refusal() -> LedgerRecord {
        .refused(
            RefusalRecord(
                passage: PassageID(rawValue: 1),
                rejection: Rejection(
                    reason: .foreign, material: [.unknown, .glass].randomElement(using: &generator)!,
                    packagingType: [nil, "cup-300"].randomElement(using: &generator)!),
                withdrawn: false, massMilligrams: [nil, 500].randomElement(using: &generator)!,
                evidence: Evidence()))
    }
}

/// What counts, added up without any of the ledger's code: the key is a sentence, the value units and milligrams.
func countedByHand(_ records: [(LedgerRecord, unixMilliseconds: Int64)]) -> [String: [Int64]] {
    var sums: [String: [Int64]] = [:]
    func add(_ milliseconds: Int64, _ words: [String], _ mass: Int64) {
        let key = (["\(milliseconds / 3_600_000)"] + words).joined(separator: " ")
        let old = sums[key] ?? [0, 0]
        sums[key] = [old[0] + 1, old[1] + mass]
    }
    for (record, milliseconds) in records {
        if case .ended(let ended) = record {
            let item = ended.acceptance.identification
            let words = [item.packagingType?.rawValue ?? "-", item.material.rawValue, item.stream.rawValue]
            add(milliseconds, words + [ended.outcome.rawValue], item.massMilligrams)
        } else if case .refused(let refused) = record {
            let words = [refused.rejection.packagingType?.rawValue ?? "-", refused.rejection.material.rawValue]
            add(milliseconds, words + ["-", "returned"], refused.massMilligrams ?? 0)
        }
    }
    return sums
}

/// The same sentences for totals.
func inSentences(_ totals: [Total]) -> [String: [Int64]] {
    var sums: [String: [Int64]] = [:]
    for total in totals {
        let key = total.key
        let sentence = [
            "\(key.unixHour)", key.packagingType?.rawValue ?? "-", key.material.rawValue, key.stream?.rawValue ?? "-",
            key.outcome.rawValue,
        ].joined(separator: " ")
        let old = sums[sentence] ?? [0, 0]
        sums[sentence] = [old[0] + total.units, old[1] + total.massMilligrams]
    }
    return sums
}
