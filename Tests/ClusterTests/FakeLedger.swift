import ClusterAPI
import Foundation
import Vocabulary

/// A ledger in memory: records, a chain of hashes and what is acknowledged.
actor FakeLedger: ReportSource {
    struct NoSuchEntry: Error {}

    struct Entry {
        var record: LedgerRecord
        var time: WallTime
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
        self.entries = (0..<entries).map { _ in Self.randomEntry(using: &generator) }
    }

    var lastSequence: Int64 { Int64(entries.count) }

    func append(_ count: Int, using generator: inout SeededGenerator) {
        for _ in 0..<count { entries.append(Self.randomEntry(using: &generator)) }
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
            station: station, ledger: ledgerA, from: from, to: to, previousHead: head(from - 1, branch: branch),
            head: head(to, branch: branch), totals: totals(from: from, to: to))
    }

    func totals(from: Int64 = 1, to: Int64) -> [Total] {
        var fold = CountFold()
        for entry in entries[Int(from - 1)..<Int(to)] { fold.add(entry.record, at: entry.time) }
        return fold.sortedTotals
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
