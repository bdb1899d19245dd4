import ArgumentParser
import CBenchAllocations
import CBenchModbus
import FoundationEssentials
import MaterialModel
import StationRuntime
import Vocabulary

/// What a verdict costs: the whole fusion with the shipped model, over the evidence of a simulated shift.
struct ClassifyCosts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Time and allocations of a verdict, and memory over a million of them.")

    @Option(help: "Items that go through a simulated station; each leaves its evidence.")
    var items = 1000

    @Option(help: "Verdicts of the long part.")
    var verdicts = 1_000_000

    @OptionGroup var shipped: ShippedFolder

    /// Verdicts before anything is measured: caches and the heap are warm then.
    private static let warmUp = 20_000

    func run() throws {
        let setup = try shipped.setup()
        let evidence = try RecordedShift(setup: setup, items: items).records.compactMap(\.evidence)
        guard !evidence.isEmpty else { throw ValidationError("the simulated shift left no evidence") }
        print("\(evidence.count) items' evidence, \(setup.classifier.catalogue.types.count) types in the catalogue")
        for place in 0..<Self.warmUp { use(setup.classifier.classify(evidence[place % evidence.count])) }
        measureEach(setup.classifier, evidence)
        measureMany(setup.classifier, evidence)
    }

    private func measureEach(_ classifier: MaterialClassifier, _ evidence: [Evidence]) {
        let clock = SystemClock()
        var durations: [Int64] = []
        durations.reserveCapacity(evidence.count)
        let before = cbench_allocations()
        for piece in evidence {
            let start = clock.now
            use(classifier.classify(piece))
            durations.append(clock.now.nanoseconds - start.nanoseconds)
        }
        let allocations = Double(cbench_allocations() - before) / Double(evidence.count)
        print("one verdict, microseconds: \(Latencies(durations)), \(tenths(allocations)) allocations")
    }

    private func measureMany(_ classifier: MaterialClassifier, _ evidence: [Evidence]) {
        let before = ProcessMemory.residentMegabytes
        // The processor's time, not the wall's: others may run beside.
        let start = bench_thread_processor_nanoseconds()
        for place in 0..<verdicts { use(classifier.classify(evidence[place % evidence.count])) }
        let microseconds = Double(bench_thread_processor_nanoseconds() - start) / 1000
        let growth = ProcessMemory.residentMegabytes - before
        print(
            "\(verdicts) verdicts: \(tenths(microseconds / Double(max(1, verdicts)))) microseconds each, "
                + "resident memory \(tenths(before)) MB and \(tenths(growth)) MB more afterwards")
    }

    /// So that no verdict is left out as of no use to anybody.
    @inline(never) private func use(_ classification: Classification) { withExtendedLifetime(classification) {} }
}

extension LedgerRecord {
    /// What an item was judged by.
    fileprivate var evidence: Evidence? {
        switch self {
        case .accepted(let accepted): accepted.evidence
        case .refused(let refused): refused.evidence
        case .ended, .started, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged,
            .hoursCorrected, .corrected:
            nil
        }
    }
}
