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
    }
    private let state = Mutex(State())

    var pollDescriptors: [Int32] { [] }
    var nextDeadline: Instant? { nil }

    func change(_ change: LineChange) { state.withLock { $0.changes.append(change) } }
    func breakOutput(_ line: OutputLine, isBroken: Bool) {
        state.withLock { state in
            if isBroken { state.broken.insert(line) } else { state.broken.remove(line) }
        }
    }
    var history: [String] { state.withLock { $0.history } }
    var on: Set<OutputLine> { state.withLock { Set($0.outputs.filter(\.value).keys) } }

    func takeChanges(at now: Instant) -> [LineChange] {
        state.withLock { state in
            defer { state.changes = [] }
            return state.changes
        }
    }

    func set(_ line: OutputLine, isOn: Bool) throws(PortError) {
        let isBroken = state.withLock { state in
            guard !state.broken.contains(line) else { return true }
            state.outputs[line] = isOn
            if line != .heartbeat { state.history.append("\(line.rawValue) \(isOn ? "on" : "off")") }
            return false
        }
        if isBroken { throw PortError(.disconnected, "Setting \(line.rawValue) failed.") }
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

struct FakeDevices: MeasuringPort {
    let journal: Journal
    func measure(_ passage: PassageID, _ sources: Set<EvidenceSource>) {
        journal.note("measure \(sources.map(\.rawValue).sorted().joined(separator: " "))")
    }
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
