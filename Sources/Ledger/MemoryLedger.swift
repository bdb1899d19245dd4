import ClusterAPI
import FoundationEssentials
import Station
import StationPorts
import Synchronization
import Vocabulary

/// A ledger without a disk, for benchmarks and simulations: the same entries and the same chain, answered at once on
/// the caller's thread. It keeps nothing beyond the process, so a station never runs with it.
public final class MemoryLedger: RecordPort, Sendable {
    /// What is kept of a record.
    public struct Stored: Hashable, Sendable {
        public var sequence: Int64
        public var record: LedgerRecord
        public var wallTime: WallTime
    }

    private struct State {
        var appender: EntryAppender
        var stored: [Stored] = []
        var open: Set<Int64> = []
        var fold = CountFold()
    }

    private let state: Mutex<State>
    private let sink: any EventSink
    private let now: @Sendable () -> Instant
    private let wallTime: @Sendable () -> WallTime
    private let entryLimit: Int

    /// From `entryLimit` entries on every append fails like one on a full disk.
    public init(
        station: StationID, entryLimit: Int = 10_000_000, sink: any EventSink,
        now: @escaping @Sendable () -> Instant, wallTime: @escaping @Sendable () -> WallTime
    ) {
        let zeros = String(repeating: "0", count: 32)
        let identity = LedgerIdentity(ledger: zeros, station: station.rawValue)
        state = Mutex(State(appender: EntryAppender(identity: identity, bootID: zeros, head: .none)))
        (self.entryLimit, self.sink, self.now, self.wallTime) = (entryLimit, sink, now, wallTime)
    }

    public var stored: [Stored] { state.withLock { $0.stored } }
    public var head: LedgerHead { state.withLock { $0.appender.head } }
    /// The fold over all entries, sorted by key.
    public var totals: [Total] { state.withLock { $0.fold.sortedTotals } }

    public func append(_ token: RecordToken, _ record: LedgerRecord) {
        let stamp = Stamp(instant: now(), wallTime: wallTime())
        sink.post(state.withLock { state in store(token, record, stamp, &state) })
    }

    private func store(
        _ token: RecordToken, _ record: LedgerRecord, _ stamp: Stamp, _ state: inout State
    ) -> StationEvent {
        guard state.stored.count < entryLimit else { return .recordFailed(token, .diskFull) }
        guard let encoded = try? EncodedRecord(record) else { return .recordFailed(token, .failed) }
        if case .ended(let ended) = record, state.open.remove(ended.acceptedSequence) == nil {
            return .recordFailed(token, .failed)
        }
        let entry = state.appender.link(encoded, stamp)
        if case .accepted = record { state.open.insert(entry.sequence) }
        state.stored.append(Stored(sequence: entry.sequence, record: record, wallTime: stamp.wallTime))
        state.fold.add(record, at: stamp.wallTime)
        return .recordStored(token, sequence: entry.sequence)
    }
}
