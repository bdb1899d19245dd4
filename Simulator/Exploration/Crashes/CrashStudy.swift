import Ledger
import SimulatedDisk
import Station
import StationPorts
import Synchronization
import Threads
import Vocabulary

/// Restarts from every boundary of a recorded life, and from torn and reordered variants of what was not synced there.
public struct CrashStudy: Sendable {
    public struct Summary: Sendable {
        /// Operations of the recording: the power is cut before each, and after the last.
        public var operations: Int64 = 0
        /// Disks that differ in name or content.
        public var states = 0
        /// Power cuts that led to them.
        public var cuts = 0
        /// Disks with an acceptance that recovery had to end.
        public var recovered = 0
        /// Sentences; the first few.
        public var failures: [String] = []
    }

    private struct Progress {
        var summary = Summary()
        /// A disk, and what had been promised: another promise makes the same disk another case.
        var seen: Set<Case> = []
        var digests: Set<UInt64> = []
        var nextBoundary: Int64 = 0
        var studied: Int64 = 0
    }

    private struct Case: Hashable {
        var digest: UInt64
        var promise: CrashRecording.Promise
    }

    /// After so many failures there is enough to look at.
    public static let failuresLimit = 10
    private let recording: CrashRecording

    public init() throws { recording = try CrashRecording() }

    /// - Parameters:
    ///   - variants: power cuts at each boundary, beside the two that lose and keep everything.
    ///   - jobs: threads.
    ///   - whenStudied: called after each boundary with how many are done, how many there are, and the states so far.
    public func run(
        variants: Int, jobs: Int, whenStudied: @escaping @Sendable (_ done: Int64, _ all: Int64, _ states: Int) -> Void
    ) throws -> Summary {
        let progress = Mutex(Progress())
        let boundaries = recording.disk.recordedOperations
        let threads = try (0..<max(1, jobs)).map { _ in
            try NamedThread("crashes") {
                while let boundary = Self.next(boundaries, progress) {
                    study(boundary, variants, progress)
                    let (done, states) = progress.withLock { progress in
                        progress.studied += 1
                        return (progress.studied, progress.digests.count)
                    }
                    whenStudied(done, boundaries + 1, states)
                }
            }
        }
        for thread in threads { thread.join() }
        return progress.withLock { progress in
            progress.summary.operations = boundaries
            progress.summary.states = progress.digests.count
            return progress.summary
        }
    }

    private static func next(_ last: Int64, _ progress: borrowing Mutex<Progress>) -> Int64? {
        progress.withLock { progress in
            guard progress.nextBoundary <= last, progress.summary.failures.count < failuresLimit else { return nil }
            defer { progress.nextBoundary += 1 }
            return progress.nextBoundary
        }
    }

    private func study(_ boundary: Int64, _ variants: Int, _ progress: borrowing Mutex<Progress>) {
        // The answer to a commit is given between two operations: with it nothing more is on the disk than before.
        var promise = recording.promise(at: boundary)
        promise.operations = 0
        let losses = SimulatedDisk.Loss.allCases
        for variant in 0..<(variants + 2) {
            let loss: SimulatedDisk.Loss =
                switch variant {
                case 0: .losesAll
                case 1: .keepsAll
                // The first two are never drawn again.
                case _: losses[2 + (variant - 2) % (losses.count - 2)]
                }
            let disk = recording.disk.replay(boundary)
            disk.cut(loss, seed: UInt64(boundary) << 20 | UInt64(variant))
            let state = Case(digest: disk.digest, promise: promise)
            let isNew = progress.withLock { progress in
                progress.summary.cuts += 1
                progress.digests.insert(state.digest)
                return progress.seen.insert(state).inserted
            }
            guard isNew else { continue }
            let (failure, recovered) = check(disk, promise)
            progress.withLock { progress in
                if recovered > 0 { progress.summary.recovered += 1 }
                if let failure {
                    progress.summary.failures.append("before operation \(boundary), \(loss), \(variant): \(failure)")
                }
            }
        }
    }

    // MARK: One disk

    private struct NoSink: EventSink {
        func post(_ event: StationEvent) {}
    }

    /// What is wrong after the real recovery; nil if nothing is.
    private func check(_ disk: SimulatedDisk, _ promise: CrashRecording.Promise) -> (String?, recovered: Int) {
        do {
            let writer = try CrashRecording.open(disk, sink: NoSink(), boot: 9)
            defer { writer.stop() }
            let storage = DiskStorage(disk: disk)
            let reader = writer.reader
            if let problem = try checkEntries(reader, promise, recovered: Int64(writer.recoveredCount)) {
                return (problem, writer.recoveredCount)
            }
            let held = try LedgerOutbox(writer: writer, reader: reader).acknowledgedSequenceNow()
            if held < promise.acknowledged { return ("\(held) counts as acknowledged, not \(promise.acknowledged)", 0) }
            let pruned = try reader.prunedSequenceNow()
            if pruned < promise.pruned { return ("pruned up to \(pruned), not \(promise.pruned)", 0) }
            let found = try LedgerVerifier(directory: disk.folder, storage: storage).verify()
            if let problem = found.problems.first { return (problem, 0) }
            if let gone = try reader.firstPrunedNow(after: pruned) { return ("readings of \(gone) are gone", 0) }
            if let open = found.openAcceptances.first { return ("entry \(open) has no outcome", 0) }
            writer.append(RecordToken(rawValue: 1), .stopped(StopRecord(drained: true)))
            writer.performWaiting()
            let head = try reader.headNow()
            if head.sequence != found.entries + 1 { return ("after the restart nothing can be stored", 0) }
            return (try pruneOn(writer, reader, upTo: held, disk), writer.recoveredCount)
        } catch {
            return ("\(error)", 0)
        }
    }

    /// Retention goes on where it was cut off, as far as it may and no further.
    private func pruneOn(
        _ writer: LedgerWriter, _ reader: LedgerReader, upTo acknowledged: Int64, _ disk: SimulatedDisk
    ) throws -> String? {
        var pruned = try reader.prunedSequenceNow()
        while true {
            writer.performWaiting()
            let next = try reader.prunedSequenceNow()
            if next == pruned { break }
            pruned = next
        }
        if pruned != acknowledged { return "pruned up to \(pruned), acknowledged up to \(acknowledged)" }
        let found = try LedgerVerifier(directory: disk.folder, storage: DiskStorage(disk: disk)).verify()
        return found.problems.first
    }

    /// Nothing that was answered is missing, what is there is what was written, and each acceptance ends once.
    private func checkEntries(
        _ reader: LedgerReader, _ promise: CrashRecording.Promise, recovered: Int64
    ) throws -> String? {
        let head = try reader.headNow()
        guard head.sequence - recovered >= promise.stored else {
            return "entry \(promise.stored) was answered, the ledger ends at \(head.sequence - recovered)"
        }
        var account = LedgerAccount()
        var problem: String?
        try reader.visitNow(after: 0) { entry, record, wallTime in
            if let (_, message) = account.add(record, at: wallTime) { problem = problem ?? message }
            let isOld = entry.sequence <= head.sequence - recovered
            if isOld, entry.head != recording.heads[Int(entry.sequence) - 1] {
                problem = problem ?? "entry \(entry.sequence) is not the one that was written"
            }
        }
        return problem
    }
}
