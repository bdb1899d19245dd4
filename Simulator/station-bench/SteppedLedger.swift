import ClusterAPI
import FoundationEssentials
import Ledger
import SimulatedStation
import Station
import StationPorts
import StationRuntime
import Vocabulary

/// The real ledger on a real disk, written on the caller's thread: each append is answered before it returns.
final class SteppedLedger: RecordPort, @unchecked Sendable {
    // Unchecked: one thread runs a virtual station.
    let writer: LedgerWriter
    private let path: String
    private let clock = SystemClock()
    private var nanoseconds: [Int64] = []
    /// What the ledger counts, added up beside it.
    private(set) var units: Int64 = 0
    private(set) var massMilligrams: Int64 = 0
    private(set) var count: Int64 = 0

    init(directory: String, sink: any EventSink, clock: VirtualClock) throws {
        path = "\(directory)/ledger.sqlite"
        writer = try LedgerWriter(
            directory: directory, station: BenchedLedger.station, sink: sink, now: { clock.now },
            wallTime: { clock.wallTime }, logger: .silent)
    }

    func append(_ token: RecordToken, _ record: LedgerRecord) {
        let start = clock.now
        writer.append(token, record)
        writer.performWaiting()
        nanoseconds.append(clock.now.nanoseconds - start.nanoseconds)
        count += 1
        var fold = CountFold()
        fold.add(record, at: WallTime(unixMilliseconds: 0, isTrusted: true))
        for total in fold.sortedTotals {
            units += total.units
            massMilligrams += total.massMilligrams
        }
    }

    /// From append to answer, since the last call.
    func takeLatencies() -> [Int64] {
        defer { nanoseconds.removeAll(keepingCapacity: true) }
        return nanoseconds
    }

    var megabytes: Double {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        return Double(size.flatMap(\.self) ?? 0) / 1_000_000
    }
}
