import Hardware
import Station
import StationConfig
import StationPorts
import StationRuntime
import Synchronization
import Threads
import Vocabulary

/// The control loop as the daemon runs it, on a real chip. The measured edge opens the emergency stop's circuit; what
/// is measured is when all motion is cut, the gate's among it, and when the red lamp is on, which the station's machine
/// decides and which comes last.
struct StationLoop {
    /// Before a loop that says nothing is given up.
    static let stepLimitNanoseconds: Int64 = 5_000_000_000

    var chip: String
    var input: UInt32
    var output: UInt32

    /// From each edge, in nanoseconds.
    struct Measured {
        var toStop: [Int64] = []
        var toLamp: [Int64] = []

        static func += (left: inout Measured, right: Measured) {
            left.toStop += right.toStop
            left.toLamp += right.toLamp
        }
    }

    /// - Returns: the latencies of `count` openings.
    func measure(_ count: Int, _ stimulus: Stimulus) throws -> Measured {
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
        // Before the loop's end, which makes the outputs safe as well, but on no edge.
        let measured = watch.measured
        mailbox.post(.stopRequested)
        finished.wait(atMost: Self.stepLimitNanoseconds)
        return Measured(
            toStop: Array(measured.toStop.suffix(count)), toLamp: Array(measured.toLamp.suffix(count)))
    }

    private func start(_ watch: Watch, _ mailbox: Mailbox, whenFinished: @escaping @Sendable () -> Void) {
        let clock = SystemClock()
        let settings = lineSettings
        var intake = IntakeSettings(
            bins: [BinSettings(id: "all", position: .home)],
            routes: [Route(stream: .reuse, materials: Set(Material.allCases), bin: "all")])
        // The belt is checked before the gate opens again: nobody measures that.
        intake.windows.settling = .milliseconds(1)
        ControlLoop(
            ControlLoop.Parts(
                settings: intake,
                makeLines: { [chip] in
                    makeMeasuredLines(chip: chip, settings, clock: clock, logger: .silent, watch: watch)
                },
                devices: NoDevices(), ledger: QueuedRecords(sink: mailbox), classifier: NoClassifier(),
                supervisor: NoSupervisor(),
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
final class Watch: LineWatch {
    enum Step: Hashable, Sendable {
        case gateOpen, stopped, circuitClosed
    }

    private struct State {
        var steps: Set<Step> = []
        var measured = StationLoop.Measured()
    }

    private let clock = SystemClock()
    /// The control loop's alone.
    private nonisolated(unsafe) var openedAt: Instant?
    private let state = Mutex(State())
    private let bell: Doorbell

    init() throws { bell = try Doorbell() }

    var measured: StationLoop.Measured { state.withLock { $0.measured } }

    func edgeTaken(of line: InputLine, isActive: Bool, at time: Instant) {
        guard line == .emergencyStopCircuitClosed else { return }
        openedAt = isActive ? nil : time
        if isActive { reached(.circuitClosed) }
    }

    func written(_ lines: OutputLines, isOn: Bool) {
        let now = clock.now
        if isOn, lines.contains(.gate) { reached(.gateOpen) }
        guard let openedAt else { return }
        let latency = (now - openedAt).inNanoseconds
        let isStopped = state.withLock { state in
            let isFirst = state.measured.toStop.count == state.measured.toLamp.count
            if !isOn, isFirst, lines.contains(.gate) { state.measured.toStop.append(latency) }
            guard isOn, !isFirst, lines.contains(.lampRed) else { return false }
            state.measured.toLamp.append(latency)
            return true
        }
        // Rung last: whoever waits may take the processor at once.
        if isStopped { reached(.stopped) }
    }

    private func reached(_ step: Step) {
        state.withLock { _ = $0.steps.insert(step) }
        bell.ring()
    }

    func await(_ step: Step) throws {
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

private struct NoDevices: MeasuringPort {
    func measure(_ passage: PassageID, _ sources: Set<EvidenceSource>) {}
    func takeReferences() {}
}

/// As the daemon's writer looks from the loop's thread: records are taken and answered elsewhere.
private struct QueuedRecords: RecordPort {
    let sink: any EventSink
    func append(_ token: RecordToken, _ record: LedgerRecord) { sink.post(.recordStored(token, sequence: 1)) }
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
