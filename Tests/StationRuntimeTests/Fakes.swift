import Dispatch
import Glibc
import Station
import StationPorts
import StationRuntime
import Synchronization
import Vocabulary

/// Lines that a test moves by hand. Shared with the loop's thread, hence the lock.
final class FakeLines: LinePort, Sendable {
    struct State {
        var changes: [LineChange] = []
        var outputs: [OutputLine: Bool] = [:]
        var history: [String] = []
        var broken: Set<OutputLine> = []
        var counters: [InputLine: LineCounters] = [:]
    }
    private let state = Mutex(State())
    /// Every level that the heartbeat was set to, and the thread that did it.
    let heartbeats = AsyncStream.makeStream(of: Heartbeat.self)
    /// What each call was told to be ready.
    let reads = AsyncStream.makeStream(of: ReadyDescriptors.self)
    let pollDescriptors: [Int32]

    struct Heartbeat: Equatable {
        var isOn: Bool
        var thread: UInt
    }

    init(pollDescriptors: [Int32] = []) { self.pollDescriptors = pollDescriptors }

    var nextDeadline: Instant? { nil }

    func change(_ change: LineChange) { state.withLock { $0.changes.append(change) } }
    func breakOutput(_ line: OutputLine, isBroken: Bool) {
        state.withLock { state in
            if isBroken { state.broken.insert(line) } else { state.broken.remove(line) }
        }
    }
    func count(_ counters: LineCounters, of line: InputLine) { state.withLock { $0.counters[line] = counters } }
    var history: [String] { state.withLock { $0.history } }
    var on: Set<OutputLine> { state.withLock { Set($0.outputs.filter(\.value).keys) } }

    var counters: [InputLine: LineCounters] { state.withLock { $0.counters } }

    func takeChanges(at now: Instant, ready: ReadyDescriptors) -> [LineChange] {
        reads.continuation.yield(ready)
        return state.withLock { state in
            defer { state.changes = [] }
            return state.changes
        }
    }

    func set(_ lines: [OutputLine], isOn: Bool) -> [OutputLine: PortError] {
        if lines == [.heartbeat] {
            heartbeats.continuation.yield(Heartbeat(isOn: isOn, thread: UInt(pthread_self())))
        }
        return state.withLock { state in
            let refused = lines.filter(state.broken.contains)
            let done = lines.filter { !state.broken.contains($0) }
            for line in done { state.outputs[line] = isOn }
            let told = done.filter { $0 != .heartbeat }.map(\.rawValue)
            if !told.isEmpty { state.history.append("\(told.joined(separator: " ")) \(isOn ? "on" : "off")") }
            return Dictionary(
                uniqueKeysWithValues: refused.map {
                    ($0, PortError(.disconnected, "Setting \($0.rawValue) failed."))
                })
        }
    }

    func makeSafe() {
        state.withLock { state in
            state.history.append("safe")
            for line in state.outputs.keys where line != .heartbeat { state.outputs[line] = false }
        }
    }
}

/// Writes down what happens in which order.
final class Journal: Sendable {
    private let lines = Mutex<[String]>([])
    func note(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

struct FakeLedger: RecordPort {
    let journal: Journal
    let sink: (any EventSink)?

    func append(_ token: RecordToken, _ record: LedgerRecord) {
        journal.note("append \(record.kind.rawValue)")
        sink?.post(.recordStored(token, sequence: token.rawValue))
    }
}

/// A ledger whose disk is full.
struct RefusingLedger: RecordPort {
    let sink: any EventSink

    func append(_ token: RecordToken, _ record: LedgerRecord) { sink.post(.recordFailed(token, .diskFull)) }
}

/// A ledger whose `append` stands still until it is let go, and says on which thread.
final class StandingLedger: RecordPort, Sendable {
    let entered = AsyncStream.makeStream(of: UInt.self)
    private let letGo = DispatchSemaphore(value: 0)
    private let sink: any EventSink

    init(sink: any EventSink) { self.sink = sink }

    func append(_ token: RecordToken, _ record: LedgerRecord) {
        entered.continuation.yield(UInt(pthread_self()))
        letGo.wait()
        sink.post(.recordStored(token, sequence: token.rawValue))
    }

    /// Lets this and every later call go on.
    func release() { for _ in 0..<100 { letGo.signal() } }
}

struct FakeDevices: MeasuringPort {
    let journal: Journal
    func measure(_ passage: PassageID, _ sources: Set<EvidenceSource>) {
        journal.note("measure \(sources.map(\.rawValue).sorted().joined(separator: " "))")
    }
    func takeReferences() { journal.note("take references") }
}

struct FakeClassifier: Classifier {
    func classify(_ evidence: Evidence) -> Classification {
        Classification(
            result: .identified(
                Identification(
                    packagingType: nil, material: .pp, stream: .reuse, massMilligrams: 1, massSource: .measured)),
            confidencePermille: 900, candidates: [])
    }
}

final class FakeSupervisor: SupervisorPort, Sendable {
    let messages = AsyncStream.makeStream(of: String.self)
    let keepAlivePeriod: Duration?

    init(keepAlivePeriod: Duration? = nil) { self.keepAlivePeriod = keepAlivePeriod }
    func ready(_ status: String) { messages.continuation.yield("ready, \(status)") }
    func keepAlive() { messages.continuation.yield("keep alive") }
    func stopping() { messages.continuation.yield("stopping") }
}

extension IntakeSettings {
    static let oneBin = IntakeSettings(
        bins: [BinSettings(id: "all", position: .home)],
        routes: [Route(stream: .reuse, materials: Set(Material.allCases), bin: "all")])
}
