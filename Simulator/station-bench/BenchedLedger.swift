import ArgumentParser
import CBenchSQLite
import Dispatch
import Glibc
import Ledger
import SimulatedStation
import Station
import StationPorts
import StationRuntime
import Synchronization
import VirtualStation
import Vocabulary

/// What a simulated station writes into its ledger, from the first item to the last.
struct RecordedShift {
    let records: [LedgerRecord]

    init(setup: Setup, items: Int) throws {
        var kept: MemoryLedger?
        var generator = ItemGenerator(catalogue: setup.catalogue, seed: 1)
        let scenario = Scenario(seed: 1, items: generator.items(count: items))
        let station = VirtualStation(
            settings: setup.intake, world: setup.world(of: scenario),
            classifier: setup.classifier
        ) { sink, clock in
            let ledger = MemoryLedger(
                station: BenchedLedger.station, sink: sink, now: { clock.now }, wallTime: { clock.wallTime })
            kept = ledger
            return ledger
        }
        let end = station.operate(until: Instant(nanoseconds: .max))
        guard end == .over, let kept else { throw ValidationError("the simulated shift came to no end: \(end)") }
        records = kept.stored.map(\.record)
    }
}

/// A ledger on disk that is given one record after the other.
final class BenchedLedger {
    static let station: StationID = "bench"

    private let writer: LedgerWriter
    private let answers: Answers
    private let hasThread: Bool
    private let clock = SystemClock()
    private var token: Int64 = 0

    /// - Parameter hasThread: as in the daemon; without it the caller's thread does the writer's work.
    init(directory: String, hasThread: Bool = false) throws {
        let answers = Answers()
        writer = try LedgerWriter(
            directory: directory, station: Self.station, sink: answers, now: { [clock] in clock.now },
            // As on a station whose clock is set: nothing waits for its true hour.
            wallTime: { [clock] in WallTime(unixMilliseconds: clock.wallTime.unixMilliseconds, isTrusted: true) },
            logger: .silent)
        (self.answers, self.hasThread) = (answers, hasThread)
        if hasThread { try writer.start() }
    }

    func stop() { writer.stop() }

    func proveDurability() throws { try writer.proveDurabilityNow() }

    /// Nanoseconds from the append to the answer that it is on the disk.
    func store(_ record: LedgerRecord) throws -> Int64 {
        let start = clock.now
        append(record)
        if !hasThread { writer.performWaiting() }
        answers.wait()
        let duration = clock.now.nanoseconds - start.nanoseconds
        try answers.check()
        return duration
    }

    /// The same for records that wait together, as many as the queue takes in one transaction.
    func storeTogether(_ records: ArraySlice<LedgerRecord>) throws -> Int64 {
        let start = clock.now
        var rest = records
        while !rest.isEmpty {
            let portion = rest.prefix(LedgerOptions().queueLimit)
            for record in portion { append(record) }
            writer.performWaiting()
            rest = rest.dropFirst(portion.count)
        }
        let duration = clock.now.nanoseconds - start.nanoseconds
        try answers.check()
        return duration
    }

    private func append(_ record: LedgerRecord) {
        token += 1
        writer.append(RecordToken(rawValue: token), record)
    }

    private final class Answers: EventSink, Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        private let failures = Mutex(0)

        func post(_ event: StationEvent) {
            switch event {
            case .recordStored: semaphore.signal()
            case .recordFailed:
                failures.withLock { $0 += 1 }
                semaphore.signal()
            case .lineChanged, .evidenceArrived, .referencesTaken, .classified, .binLevelRead, .deviceFound,
                .deviceLost,
                .driveFaultRead, .diskChanged, .lineFailed, .lineWorked, .commanded, .settingsChanged,
                .deadlineReached, .stopRequested:
                break
            }
        }

        func wait() { semaphore.wait() }

        func check() throws {
            let count = failures.withLock { $0 }
            guard count == 0 else { throw ValidationError("\(count) records could not be stored") }
        }
    }
}

/// The same rows by plain C.
final class PlainLedger {
    private let ledger: OpaquePointer

    init(source: String, path: String) throws {
        guard let opened = bench_ledger_open(source, path) else {
            throw ValidationError("plain C could not use \(path): \(String(cString: bench_ledger_error()))")
        }
        ledger = opened
    }

    deinit { bench_ledger_close(ledger) }

    var synchronous: Int { Int(bench_ledger_synchronous(ledger)) }

    /// Nanoseconds for the next `count` entries in one transaction.
    func add(_ count: Int) throws -> Int64 {
        var nanoseconds: Int64 = 0
        guard bench_ledger_add(ledger, Int32(count), &nanoseconds) == 0 else {
            throw ValidationError("plain C could not store entries: \(String(cString: bench_ledger_error()))")
        }
        return nanoseconds
    }
}

/// What the disk takes for one block that is overwritten and synced.
final class Floor {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = bench_floor_open(path)
        guard descriptor >= 0 else { throw ValidationError("\(path) could not be opened: error \(errno)") }
    }

    deinit { close(descriptor) }

    func write(_ number: Int) throws -> Int64 {
        var nanoseconds: Int64 = 0
        guard bench_floor_write(descriptor, Int64(number), &nanoseconds) == 0 else {
            throw ValidationError("the floor's file could not be written: error \(errno)")
        }
        return nanoseconds
    }
}
