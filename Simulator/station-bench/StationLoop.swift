import Hardware
import Ledger
import Station
import StationConfig
import StationPorts
import StationRuntime
import Synchronization
import Threads
import Vocabulary

/// The control loop as the daemon runs it, on a real chip. The measured edge opens the emergency stop's circuit; the
/// measured effect is that the outputs, the gate among them, are off.
struct StationLoop {
    /// Before a loop that says nothing is given up.
    static let stepLimitNanoseconds: Int64 = 5_000_000_000

    var chip: String
    var input: UInt32
    var output: UInt32

    /// - Returns: the latencies of `count` openings, in nanoseconds.
    func measure(_ count: Int, _ stimulus: Stimulus) throws -> [Int64] {
        try stimulus.pull(up: true)
        let watch = try Watch()
        let mailbox = Mailbox()
        let finished = try Doorbell()
        start(watch, mailbox) { finished.ring() }
        for _ in 0..<(count + warmUpEdges) {
            try watch.await(.gateOpen)
            stimulus.pause(Doorbell.neverRung)
            try stimulus.pull(up: false)
            try watch.await(.stopped)
            try stimulus.pull(up: true)
            try watch.await(.circuitClosed)
            mailbox.post(.commanded(.clear, by: "bench"))
        }
        try watch.await(.gateOpen)
        mailbox.post(.stopRequested)
        finished.wait(atMost: Self.stepLimitNanoseconds)
        return Array(watch.latencies.suffix(count))
    }

    private func start(_ watch: Watch, _ mailbox: Mailbox, whenFinished: @escaping @Sendable () -> Void) {
        let clock = SystemClock()
        let settings = lineSettings
        var intake = IntakeSettings(
            bins: [BinSettings(id: "all", position: .home)],
            routes: [Route(stream: .reuse, materials: Set(Material.allCases), bin: "all")])
        // The belt is checked before the gate opens again: nobody measures that.
        intake.windows.settling = .milliseconds(1)
        let ledger = MemoryLedger(
            station: "bench", sink: mailbox, now: { clock.now }, wallTime: { clock.wallTime })
        ControlLoop(
            ControlLoop.Parts(
                settings: intake,
                makeLines: { MeasuredLines(makeLines(settings, clock: clock, logger: .silent), clock, watch) },
                devices: NoDevices(), ledger: ledger, classifier: NoClassifier(), supervisor: NoSupervisor(),
                clock: clock, mailbox: mailbox, board: SnapshotBoard(), logger: .silent)
        ).start(whenFinished: whenFinished)
    }

    /// All lines of a station. Those that are not measured lie on the lowest offsets left, where nobody pulls: what has
    /// to be active for the station to run is active low.
    private var lineSettings: LineSettings {
        let rest: [LineAssignment.Place] = (0..<20).filter { $0 != input && $0 != output }.map { .offset($0) }
        let inputs = InputLine.allCases.filter { $0 != .emergencyStopCircuitClosed }
        let outputs = OutputLine.allCases.filter { $0 != .gate }
        var settings = LineSettings(
            backend: .chip(path: chip),
            inputs: [.emergencyStopCircuitClosed: LineAssignment(.offset(input), debounce: .zero)],
            outputs: [.gate: LineAssignment(.offset(output))])
        for (line, place) in zip(inputs, rest) {
            let isActiveAtRest = line == .doorClosed || line == .diverterHome
            settings.inputs[line] = LineAssignment(place, isActiveLow: isActiveAtRest)
        }
        for (line, place) in zip(outputs, rest.dropFirst(inputs.count)) {
            settings.outputs[line] = LineAssignment(place)
        }
        return settings
    }
}

/// Tells the stimulus what the loop has come to, and keeps the latencies.
final class Watch: Sendable {
    enum Step: Hashable, Sendable {
        case gateOpen, stopped, circuitClosed
    }

    private struct State {
        var steps: Set<Step> = []
        var latencies: [Int64] = []
    }

    private let state = Mutex(State())
    private let bell: Doorbell

    init() throws { bell = try Doorbell() }

    var latencies: [Int64] { state.withLock { $0.latencies } }

    func reached(_ step: Step, latency: Int64? = nil) {
        state.withLock { state in
            state.steps.insert(step)
            if let latency { state.latencies.append(latency) }
        }
        bell.ring()
    }

    func await(_ step: Step) throws {
        let clock = SystemClock()
        let limit = clock.now + .nanoseconds(StationLoop.stepLimitNanoseconds)
        while state.withLock({ $0.steps.remove(step) }) == nil {
            let left = (limit - clock.now).inNanoseconds
            guard left > 0 else {
                throw BenchFailure("The control loop did not come to \"\(step)\": are the chip's first 20 lines free?")
            }
            bell.wait(atMost: left)
        }
    }
}

/// The real lines; only looks at the clock when an effect has been carried out.
final class MeasuredLines: LinePort {
    private let lines: DebouncedLines
    private let clock: SystemClock
    private let watch: Watch

    init(_ lines: DebouncedLines, _ clock: SystemClock, _ watch: Watch) {
        (self.lines, self.clock, self.watch) = (lines, clock, watch)
    }

    var pollDescriptors: [Int32] { lines.pollDescriptors }
    var nextDeadline: Instant? { lines.nextDeadline }
    var counters: [InputLine: LineCounters] { lines.counters }

    func takeChanges(at now: Instant, ready: ReadyDescriptors) -> [LineChange] {
        let changes = lines.takeChanges(at: now, ready: ready)
        if changes.contains(.level(.emergencyStopCircuitClosed, isActive: true)) { watch.reached(.circuitClosed) }
        return changes
    }

    func set(_ outputs: [OutputLine], isOn: Bool) -> [OutputLine: PortError] {
        let refused = lines.set(outputs, isOn: isOn)
        if isOn, outputs.contains(.gate), refused.isEmpty { watch.reached(.gateOpen) }
        return refused
    }

    func makeSafe() {
        lines.makeSafe()
        let now = clock.now
        guard let edge = lines.lastEdge(of: .emergencyStopCircuitClosed) else { return }
        watch.reached(.stopped, latency: (now - edge).inNanoseconds)
    }
}

private struct NoDevices: MeasuringPort {
    func measure(_ passage: PassageID, _ sources: Set<EvidenceSource>) {}
}

private struct NoClassifier: Classifier {
    func classify(_ evidence: Evidence) -> Classification {
        Classification(result: .unknown(.noEvidence), confidencePermille: 0, candidates: [])
    }
}

private struct NoSupervisor: SupervisorPort {
    let keepAlivePeriod: Duration? = nil
    func ready(_ status: String) {}
    func keepAlive() {}
    func stopping() {}
}
