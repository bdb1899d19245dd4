import ArgumentParser
import FoundationEssentials
import Ledger
import Station
import StationPorts
import StationRuntime
import Synchronization
import Vocabulary

/// Writes a ledger as a station has it after weeks: one simulated shift again and again, spread over the time before
/// now.
struct FillLedger: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fill-ledger", abstract: "Makes a ledger of many entries, as a station has it after weeks.")

    @Option(help: "Entries.")
    var entries = 1_000_000

    @Option(help: "The time that they are spread over.")
    var days = 30

    @Option(help: "The station's name.")
    var station = "bench"

    @OptionGroup var shipped: ShippedFolder

    @Option(help: "The station's state directory.")
    var directory: String

    func run() throws {
        guard let station = StationID(rawValue: station) else { throw ValidationError("\(station) is no name.") }
        let records = try RecordedShift(setup: shipped.setup(), items: 2000).records
        let clock = SystemClock()
        let start = clock.now
        let times = SpreadTimes(days: days, entries: entries, until: clock.wallTime)
        let answers = CountedAnswers()
        var options = LedgerOptions()
        // Of a boot before this one, whose clocks say nothing about it.
        options.bootID = String(repeating: "0", count: 32)
        let writer = try LedgerWriter(
            directory: directory, station: station, options: options, sink: answers, now: { times.now },
            wallTime: { times.wallTime },
            logger: .silent)
        let portion = options.queueLimit
        var written = 0
        while written < entries {
            // An outcome names its acceptance by a sequence number, which each repetition moves on.
            let offset = Int64(written - written % records.count)
            writer.append(
                RecordToken(rawValue: Int64(written)), records[written % records.count].moved(by: offset))
            times.goOn()
            written += 1
            if written % portion == 0 { writer.performWaiting() }
        }
        writer.stop()
        guard answers.stored == entries else {
            throw BenchFailure("\(answers.stored) of \(entries) entries could be stored.")
        }
        let seconds = Double(clock.now.nanoseconds - start.nanoseconds) / 1_000_000_000
        print("filled:   \(entries) entries in \(Int(seconds)) s, \(Int(Double(entries) / seconds)) a second")
    }
}

/// Both clocks of each entry, from the begin of the period to its end: they go together, as nobody steps them.
private final class SpreadTimes: Sendable {
    private let first: Int64
    private let stepMilliseconds: Double
    private let index = Atomic<Int64>(0)

    init(days: Int, entries: Int, until end: WallTime) {
        let period = Int64(days) * 86_400_000
        first = end.unixMilliseconds - period
        stepMilliseconds = Double(period) / Double(entries)
    }

    func goOn() { index.add(1, ordering: .relaxed) }

    private var milliseconds: Int64 { Int64(Double(index.load(ordering: .relaxed)) * stepMilliseconds) }
    var now: Instant { Instant(nanoseconds: milliseconds * 1_000_000) }
    var wallTime: WallTime { WallTime(unixMilliseconds: first + milliseconds, isTrusted: true) }
}

private final class CountedAnswers: EventSink, Sendable {
    private let count = Atomic<Int>(0)
    var stored: Int { count.load(ordering: .relaxed) }

    func post(_ event: StationEvent) {
        if case .recordStored = event { count.add(1, ordering: .relaxed) }
    }
}

extension LedgerRecord {
    /// As it stands in a ledger that has `offset` entries more before it.
    fileprivate func moved(by offset: Int64) -> LedgerRecord {
        guard case .ended(var ended) = self else { return self }
        ended.acceptedSequence += offset
        return .ended(ended)
    }
}
