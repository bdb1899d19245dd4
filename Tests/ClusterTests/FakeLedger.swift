import ClusterAPI
import Foundation
import Vocabulary

/// A ledger in memory: records, a chain of hashes and what is acknowledged.
actor FakeLedger: ReportSource {
    struct NoSuchEntry: Error {}

    struct Entry {
        var record: LedgerRecord
        var time: WallTime
        /// The history that it was written in.
        var branch = ""

        var counted: CountedItem? {
            switch record {
            case .ended(let ended): CountedItem(ended, unixHour: time.unixHour)
            case .refused(let refused): CountedItem(refused, unixHour: time.unixHour)
            case .started, .accepted, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged,
                .hoursCorrected, .corrected:
                nil
            }
        }
    }

    nonisolated let station: StationID
    private var branch: String
    private var entries: [Entry] = []
    private var acknowledged: Int64 = 0
    private nonisolated let pulses = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(station: StationID = cupStation, branch: String = "main", entries: Int = 0) {
        self.station = station
        self.branch = branch
        var generator = SeededGenerator(state: 7)
        for _ in 0..<entries { self.entries.append(Self.randomEntry(in: branch, after: self.entries, &generator)) }
    }

    var lastSequence: Int64 { Int64(entries.count) }

    func append(_ count: Int, using generator: inout SeededGenerator) {
        for _ in 0..<count { entries.append(Self.randomEntry(in: branch, after: entries, &generator)) }
        pulses.continuation.yield()
    }

    func append(_ count: Int) {
        var generator = SeededGenerator(state: UInt64(entries.count))
        append(count, using: &generator)
    }

    /// What the disk looked like earlier comes back.
    func restore(to sequence: Int64, acknowledged: Int64, branch: String? = nil) {
        if let branch { self.branch = branch }
        entries.removeLast(entries.count - Int(sequence))
        self.acknowledged = acknowledged
    }

    func acknowledgedSequence() -> Int64 { acknowledged }

    func holdsEntry(_ sequence: Int64) -> Bool { sequence <= lastSequence }

    func acknowledge(upTo sequence: Int64) { acknowledged = max(acknowledged, sequence) }

    nonisolated func newEntries() -> AsyncStream<Void> { pulses.stream }

    func cutReport(after sequence: Int64, entryLimit: Int) throws -> CutReport? {
        // As the ledger on disk has it.
        guard sequence <= lastSequence else { throw NoSuchEntry() }
        guard sequence < lastSequence else { return nil }
        let to = min(lastSequence, sequence + Int64(entryLimit))
        return CutReport(
            from: sequence + 1, to: to, body: try CanonicalJSON.encode(report(from: sequence + 1, to: to)))
    }

    func report(from: Int64, to: Int64) -> CountReport {
        CountReport(
            station: station, ledger: ledgerA, from: from, to: to, previousHead: hash(of: from - 1),
            head: hash(of: to), totals: totals(from: from, to: to))
    }

    func hash(of sequence: Int64) -> String {
        head(sequence, branch: sequence == 0 ? branch : entries[Int(sequence) - 1].branch)
    }

    func totals(from: Int64 = 1, to: Int64) -> [Total] {
        var fold = CountFold()
        for entry in entries[Int(from - 1)..<Int(to)] { fold.add(entry.record, at: entry.time) }
        return fold.sortedTotals
    }

    private static func randomEntry(
        in branch: String, after entries: [Entry], _ generator: inout SeededGenerator
    ) -> Entry {
        var entry = randomEntry(after: entries, using: &generator)
        entry.branch = branch
        return entry
    }

    /// Something that happens, or a correction of something that was counted before.
    private static func randomEntry(after entries: [Entry], using generator: inout SeededGenerator) -> Entry {
        if Int.random(in: 0..<6, using: &generator) == 0, !entries.isEmpty {
            let place = Int.random(in: 0..<entries.count, using: &generator)
            // Each entry is corrected at most once, so that what it counted at first is what counts.
            let isNew = !entries.contains { other in
                guard case .corrected(let record) = other.record else { return false }
                return record.correctedSequence == place + 1
            }
            if isNew, let was = entries[place].counted {
                var next: CountedItem? = was
                next?.unixHour += 1
                next?.massMilligrams /= 2
                let becomes = Bool.random(using: &generator) ? next : nil
                return Entry(
                    record: .corrected(
                        CorrectionRecord(
                            correctedSequence: Int64(place + 1), by: "x", why: "y", was: was, becomes: becomes)),
                    time: entries[place].time)
            }
        }
        return randomEntry(using: &generator)
    }

    private static func randomEntry(using generator: inout SeededGenerator) -> Entry {
        let time = WallTime(unixMilliseconds: Int64.random(in: 0..<4, using: &generator) * 1_800_000, isTrusted: true)
        let mass = Int64.random(in: 0...50_000, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return Entry(record: .stopped(StopRecord(drained: true)), time: time)
        case 1:
            let rejection = Rejection(
                reason: .lowConfidence, material: Material.allCases.randomElement(using: &generator)!)
            let refusal = RefusalRecord(
                passage: PassageID(rawValue: 1), rejection: rejection, withdrawn: false, massMilligrams: mass,
                evidence: Evidence())
            return Entry(record: .refused(refusal), time: time)
        default:
            let identification = Identification(
                packagingType: [nil, "cup-300", "box-1"].randomElement(using: &generator)!,
                material: Material.allCases.randomElement(using: &generator)!,
                stream: Vocabulary.Stream.allCases.randomElement(using: &generator)!, massMilligrams: mass,
                massSource: .measured)
            let acceptance = Acceptance(identification: identification, bin: "reuse", confidencePermille: 900)
            let outcome = OutcomeRecord(
                acceptedSequence: 1, acceptance: acceptance, outcome: Outcome.allCases.randomElement(using: &generator)!
            )
            return Entry(record: .ended(outcome), time: time)
        }
    }
}
