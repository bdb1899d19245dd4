import Ledger
import Logging
import SimulatedDisk
import Station
import StationPorts
import Synchronization
import Vocabulary

/// Every write and sync of a ledger's life: its making, three items that come in, are accepted and drop by a clock that
/// is wrong at first, what a person corrects, a process that dies in between, reports that the cluster acknowledges and
/// the pruning that follows, and its orderly end.
struct CrashRecording: Sendable {
    /// What the ledger has promised by a moment of the recording.
    struct Promise: Hashable, Sendable {
        /// Operations that were recorded when it was given.
        var operations: Int64
        /// Entries that were answered as stored.
        var stored: Int64
        /// Entries that were remembered as acknowledged by the cluster.
        var acknowledged: Int64
        /// Entries up to which readings were pruned.
        var pruned: Int64
    }

    let disk: SimulatedDisk
    /// In the order of their operations.
    let promises: [Promise]
    /// The hash of each entry, the first of entry 1.
    let heads: [LedgerHead]

    static let station: StationID = "S-1"
    static let trueTime = WallTime(unixMilliseconds: 1_767_225_600_000, isTrusted: true)

    func promise(at operations: Int64) -> Promise {
        promises.last { $0.operations <= operations } ?? Promise(operations: 0, stored: 0, acknowledged: 0, pruned: 0)
    }

    init() throws {
        let recorder = Recorder()
        disk = recorder.disk
        disk.record()
        try recorder.live()
        promises = recorder.promises
        let reader = try LedgerReader(directory: disk.folder, storage: DiskStorage(disk: disk))
        heads = try (1...reader.headNow().sequence).map { sequence in
            guard let head = try reader.headNow(at: sequence) else {
                throw LedgerError(.damaged, "The recorded ledger has no entry \(sequence).")
            }
            return head
        }
    }

    /// Opens the ledger on a disk, and ends what was left open, as the daemon does.
    static func open(
        _ disk: SimulatedDisk, sink: any EventSink, boot: Int,
        wallTime: @escaping @Sendable () -> WallTime = { trueTime }
    ) throws(LedgerError) -> LedgerWriter {
        var options = LedgerOptions()
        options.bootID = Identifiers.boot(boot, seed: 1)
        options.ledgerID = Identifiers.ledger(seed: 1)
        options.storage = DiskStorage(disk: disk)
        options.freeBytes = { _ in 1 << 40 }
        // Everything that is acknowledged goes at once, in more portions than one.
        var retention = RetentionSettings()
        retention.sizeBytes = 0
        options.retention = retention
        options.retentionPeriod = .zero
        options.retentionPortionEntries = 2
        return try LedgerWriter(
            directory: disk.folder, station: station, options: options, sink: sink,
            now: { Instant(nanoseconds: 1_000_000_000) },
            wallTime: wallTime,
            logger: Logger(label: "crashes", factory: { _ in SwiftLogNoOpLogHandler() }))
    }
}

/// Lives the ledger's life and takes down what it is promised.
private final class Recorder: EventSink, @unchecked Sendable {
    // Unchecked: one thread records.
    let disk = SimulatedDisk()
    private(set) var promises: [CrashRecording.Promise] = []
    private var stored: Int64 = 0
    private var acknowledged: Int64 = 0
    private var pruned: Int64 = 0
    private var token: Int64 = 0
    private var clockIsWrong = true

    private var wallTime: WallTime {
        clockIsWrong
            ? WallTime(unixMilliseconds: CrashRecording.trueTime.unixMilliseconds - 7_200_000, isTrusted: false)
            : CrashRecording.trueTime
    }

    func post(_ event: StationEvent) {
        guard case .recordStored(_, let sequence) = event else { return }
        stored = sequence
        promise()
    }

    private func promise() {
        promises.append(
            CrashRecording.Promise(
                operations: disk.recordedOperations, stored: stored, acknowledged: acknowledged, pruned: pruned))
    }

    func live() throws {
        let first = try CrashRecording.open(disk, sink: self, boot: 1) { [self] in wallTime }
        append(.started(StartRecord(softwareVersion: "1", catalogueVersion: "1", configurationDigest: "0")), first)
        let one = accept(1, first)
        append(.ended(OutcomeRecord(acceptedSequence: one, acceptance: Self.acceptance, outcome: .committed)), first)
        try acknowledge(first)
        try prune(first)
        clockIsWrong = false
        append(.refused(Self.refusal), first)
        // Nothing waits: what was recorded by the wrong clock moves.
        while first.performWaiting().hasWorked {}
        try first.correctNow(one, by: "anna", why: "was none") { _ in nil }
        _ = accept(2, first)
        // The daemon is killed with an item on the belt; the next one finds it.
        disk.kill()
        let second = try CrashRecording.open(disk, sink: self, boot: 2)
        stored += Int64(second.recoveredCount)
        promise()
        let three = accept(3, second)
        append(.ended(OutcomeRecord(acceptedSequence: three, acceptance: Self.acceptance, outcome: .committed)), second)
        try acknowledge(second)
        try prune(second)
        append(.stopped(StopRecord(drained: true)), second)
        second.stop()
        promise()
    }

    private func reader() throws -> LedgerReader {
        try LedgerReader(directory: disk.folder, storage: DiskStorage(disk: disk))
    }

    private func append(_ record: LedgerRecord, _ writer: LedgerWriter) {
        token += 1
        writer.append(RecordToken(rawValue: token), record)
        writer.performWaiting()
    }

    /// Returns the entry's number.
    private func accept(_ passage: Int64, _ writer: LedgerWriter) -> Int64 {
        var evidence = Evidence()
        evidence.mass = .good(Mass(milligrams: 35_120), at: .zero)
        let bands = (0..<128).map { UInt16($0) }
        evidence.spectrum = .good(
            Spectrum(
                wavelengthsDecinanometres: bands.map { 10_140 + 55 * $0 }, raw: bands.map { 9000 + $0 },
                white: bands.map { 60_000 + $0 }, dark: bands, integrationMicroseconds: 5000), at: .zero)
        append(
            .accepted(
                AcceptanceRecord(
                    passage: PassageID(rawValue: passage), acceptance: Self.acceptance, evidence: evidence)), writer)
        return stored
    }

    /// Everything there is, as after the cluster's answer to a report.
    private func acknowledge(_ writer: LedgerWriter) throws {
        let outbox = LedgerOutbox(writer: writer, reader: try reader())
        guard let report = try outbox.cutReportNow(after: outbox.acknowledgedSequenceNow(), entryLimit: 1000) else {
            return
        }
        try outbox.acknowledgeNow(upTo: report.to)
        acknowledged = report.to
        promise()
    }

    /// All that may be: the writer prunes a portion in each turn in which no record waits.
    private func prune(_ writer: LedgerWriter) throws {
        let reader = try reader()
        var last: Int64
        repeat {
            last = pruned
            writer.performWaiting()
            pruned = try reader.prunedSequenceNow()
            promise()
        } while pruned > last
    }

    private static let acceptance = Acceptance(
        identification: Identification(
            packagingType: "cup-300", material: .pp, stream: .reuse, massMilligrams: 35_120, massSource: .measured,
            tag: Tag(number: 4711)),
        bin: "reuse", confidencePermille: 987)

    private static let refusal = RefusalRecord(
        passage: PassageID(rawValue: 9),
        rejection: Rejection(reason: .foreign, material: .other, packagingType: nil, confidencePermille: 300),
        withdrawn: false, massMilligrams: 41_000, evidence: Evidence())
}
