import Foundation
import Logging
import Station
import StationPorts
import Synchronization
import TestSupport
import Vocabulary

@testable import Ledger

/// Takes events and lets a test wait for them.
final class EventRecorder: EventSink {
    private struct State {
        var answers: [StationEvent] = []
        var disk: [DiskState] = []
        var waiting: [(isMet: (State) -> Bool, resume: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func post(_ event: StationEvent) {
        let met = state.withLock { state in
            if case .diskChanged(let disk) = event { state.disk.append(disk) } else { state.answers.append(event) }
            let seen = state
            state.waiting.removeAll { $0.isMet(seen) }
            return seen.waiting.filter { $0.isMet(seen) }.map(\.resume)
        }
        for waiter in met { waiter.resume() }
    }

    var answers: [StationEvent] { state.withLock { $0.answers } }
    var disk: [DiskState] { state.withLock { $0.disk } }

    func answers(_ count: Int) async -> [StationEvent] {
        await wait { $0.answers.count >= count }
        return answers
    }

    func disk(_ count: Int) async -> [DiskState] {
        await wait { $0.disk.count >= count }
        return disk
    }

    private func wait(_ isMet: @escaping @Sendable (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isMetAlready = state.withLock { state in
                if isMet(state) { return true }
                state.waiting.append((isMet, continuation))
                return false
            }
            if isMetAlready { continuation.resume() }
        }
    }
}

/// A clock that a test moves.
final class HandClock: Sendable {
    private let times = Mutex((monotonic: Int64(1_000_000_000), unix: Int64(1_790_000_000_000), isTrusted: true))

    var now: Instant { times.withLock { Instant(nanoseconds: $0.monotonic) } }
    var wallTime: WallTime {
        times.withLock { WallTime(unixMilliseconds: $0.unix, isTrusted: $0.isTrusted) }
    }

    func advance(_ duration: Duration) {
        times.withLock {
            $0.monotonic += duration.inNanoseconds
            $0.unix += duration.inMilliseconds
        }
    }

    /// What NTP or a person does to the wall clock.
    func stepWallClock(by duration: Duration) { times.withLock { $0.unix += duration.inMilliseconds } }

    func setTrusted(_ isTrusted: Bool) { times.withLock { $0.isTrusted = isTrusted } }
}

/// A folder of its own with whatever a test needs to open ledgers in it. Removed with the last reference.
final class Bench: Sendable {
    static let station: StationID = "S-1"
    static let boot = "0123456789abcdef0123456789abcdef"

    private let folder: TemporaryFolder
    let clock: HandClock
    let sink = EventRecorder()

    init(clock: HandClock = HandClock()) throws {
        self.clock = clock
        folder = try TemporaryFolder()
    }

    var directory: String { folder.path }

    var place: LedgerPlace { LedgerPlace(directory: directory) }

    static var options: LedgerOptions {
        var options = LedgerOptions()
        options.bootID = boot
        options.freeBytes = { _ in 1 << 40 }
        return options
    }

    func writer(
        _ options: LedgerOptions = Bench.options, station: StationID = Bench.station, in directory: String? = nil,
        logger: Logger = silentLogger
    ) throws(LedgerError) -> LedgerWriter {
        try LedgerWriter(
            directory: directory ?? self.directory, station: station, options: options, sink: sink,
            now: { [clock] in clock.now }, wallTime: { [clock] in clock.wallTime },
            logger: logger)
    }

    /// Stores the records in one run of a writer, and stops it.
    func store(_ records: [LedgerRecord], tokensFrom first: Int64 = 1) throws {
        let writer = try writer()
        for (offset, record) in records.enumerated() {
            writer.append(RecordToken(rawValue: first + Int64(offset)), record)
        }
        writer.stop()
    }

    func verify() throws -> LedgerVerification { try LedgerVerifier(directory: directory).verify() }

    /// Stores one record in a running writer, and returns when it is answered.
    func append(_ record: LedgerRecord, to writer: LedgerWriter) async {
        let count = sink.answers.count
        writer.append(RecordToken(rawValue: Int64(count)), record)
        _ = await sink.answers(count + 1)
    }

    /// The ledger's files as they are now, as after a crash at this moment.
    func image() throws -> Bench {
        // The machine and its clock go on.
        let copy = try Bench(clock: clock)
        for name in ["ledger.sqlite", "ledger.sqlite-wal"]
        where FileManager.default.fileExists(atPath: directory + "/" + name) {
            try FileManager.default.copyItem(atPath: directory + "/" + name, toPath: copy.directory + "/" + name)
        }
        return copy
    }
}
