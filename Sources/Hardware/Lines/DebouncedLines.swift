import Logging
import SparingLog
import StationConfig
import StationPorts
import Vocabulary

/// The station's digital lines over any backend: debounced, retried for ever, and with the outputs put back to what was
/// commanded last after a failure. Used by the control loop's thread only.
public final class DebouncedLines: LinePort {
    static let retryFirst: Duration = .milliseconds(500)
    static let retryCap: Duration = .seconds(10)
    /// An edge older than this was stamped by another clock (kernels before 5.7): its time is not used.
    static let edgeAgeLimitNanoseconds: Int64 = 10_000_000_000
    static let allInputs = InputLine.allCases
    static let allOutputs = OutputLine.allCases
    static let allButHeartbeat = OutputLines(allOutputs).subtracting([.heartbeat])

    enum Connection {
        case closed(retryAt: Instant)
        /// When lines that could not be requested are tried again; nil if there are none.
        case open(retryAt: Instant?)
        case released
    }

    let settings: LineSettings
    /// The outputs that have a line.
    private let configured: OutputLines
    let backend: any LineBackend
    private var log: SparingLogger
    private let clock: any MonotonicClock
    var connection: Connection
    var backoff = Backoff(first: retryFirst, cap: retryCap)
    /// By ordinal; nil while a line is not in use.
    var debouncers = [Debouncer?](repeating: nil, count: allInputs.count)
    /// Of lines that are not in use now.
    var earlierCounters: [InputLine: LineCounters] = [:]
    var usableOutputs: OutputLines = []
    /// Since the first edge of an opening interlock, until its level is believed.
    var motionIsCut = false
    /// What is to be energised, whether it can be set now or not.
    var energised: OutputLines = []
    /// What was reported as failed and has not worked since, by name.
    private var failures: [String: PortError] = [:]
    var changes: [LineChange] = []
    /// Kept for its memory.
    private var edges: [LineEdge] = []

    init(_ settings: LineSettings, _ backend: any LineBackend, clock: any MonotonicClock, logger: Logger) {
        self.settings = settings
        configured = OutputLines(settings.outputs.keys)
        self.backend = backend
        self.clock = clock
        log = SparingLogger(logger)
        connection = .closed(retryAt: clock.now)
    }

    public var pollDescriptors: [Int32] {
        switch connection {
        case .open: backend.pollDescriptors
        case .closed, .released: []
        }
    }

    public var nextDeadline: Instant? {
        switch connection {
        case .closed(let retryAt): return retryAt
        case .open(let retryAt):
            var earliest = retryAt
            for debouncer in debouncers {
                guard let deadline = debouncer?.deadline else { continue }
                earliest = earliest.map { min($0, deadline) } ?? deadline
            }
            return earliest
        case .released: return nil
        }
    }

    public var counters: [InputLine: LineCounters] {
        var counters = earlierCounters
        for line in Self.allInputs { debouncers[line.ordinal].map { counters[line] = $0.counters } }
        return counters
    }

    /// The first call reports the level of every input, or what keeps it from being known.
    public func takeChanges(at now: Instant, ready: ReadyDescriptors) -> [LineChange] {
        var ready = ready
        switch connection {
        case .closed(let retryAt) where retryAt <= now:
            open(at: now)
            ready = .all
        case .open(let retryAt?) where retryAt <= now:
            requestMissing(at: now)
            ready = .all
        case .closed, .open, .released: break
        }
        if case .open = connection {
            do {
                if !ready.isEmpty { try takeEdges(ready, at: now) }
                try lookAtRestless(at: now)
                try endCut()
            } catch {
                lose(error, at: now)
            }
        }
        guard !changes.isEmpty else { return [] }
        defer { changes = [] }
        return changes
    }

    public func set(_ lines: [OutputLine], isOn: Bool) -> [OutputLine: PortError] {
        let wanted = OutputLines(lines)
        energised = isOn ? energised.union(wanted.intersection(configured)) : energised.subtracting(wanted)
        var usable: OutputLines = []
        if case .open = connection { usable = wanted.intersection(usableOutputs) }
        var refused: [OutputLine: PortError] = [:]
        for line in wanted.subtracting(usable) { refused[line] = reason(for: line) }
        if isOn && motionIsCut { usable.subtract(.motion) }
        guard !usable.isEmpty else { return refused }
        do {
            try backend.write(usable, isOn: isOn)
        } catch {
            lose(error, at: clock.now)
            for line in usable { refused[line] = error }
        }
        return refused
    }

    private func reason(for line: OutputLine) -> PortError {
        guard settings.outputs[line] != nil else {
            return PortError(.notFound, "Setting \(line.rawValue) failed: the configuration gives it no line. Add one.")
        }
        let cause = failures[line.rawValue] ?? failures[backend.name]
        return PortError(
            cause?.code ?? .disconnected,
            "Setting \(line.rawValue) failed: \(cause?.message ?? "\(backend.name) is not open.")")
    }

    public func makeSafe() {
        deEnergise(Self.allButHeartbeat)
    }

    /// De-energises every output, the heartbeat included, and gives the lines back for good.
    public func close() {
        deEnergise(OutputLines(Self.allOutputs))
        backend.close()
        connection = .released
    }

    /// First the chip, in one call; then the memory, in which a line that cannot be written now is off as well: after a
    /// reconnect nothing may move.
    private func deEnergise(_ lines: OutputLines) {
        var failure: PortError?
        if case .open = connection {
            do {
                try backend.write(usableOutputs.intersection(lines), isOn: false)
            } catch {
                failure = error
            }
        }
        energised.subtract(lines)
        // Closing gives the outputs back, and they fall: that is safe as well.
        if let failure { lose(failure, at: clock.now) }
    }

    /// The whole chip is doubtful: everything is given back, which de-energises the outputs, and opened anew.
    func lose(_ error: PortError, at now: Instant) {
        backend.close()
        connection = .closed(retryAt: now + backoff.failed())
        forgetLines()
        report(error, on: backend.name)
    }

    func forgetLines() {
        earlierCounters = counters
        edges = []
        motionIsCut = false
        for index in debouncers.indices { debouncers[index] = nil }
        usableOutputs = []
    }

    func report(_ error: PortError, on name: String) {
        guard failures[name] != error else { return }
        failures[name] = error
        changes.append(.failed(line: name, error))
        log.log(
            .error, about: "line \(name)", "\(name) cannot be used and is tried again for ever. \(error)", at: clock.now
        )
    }

    func reportWorking(_ name: String) {
        guard failures.removeValue(forKey: name) != nil else { return }
        changes.append(.worked(line: name))
        log.log(.info, about: "line \(name)", "\(name) works again.", at: clock.now)
    }
}

// MARK: Levels

extension DebouncedLines {
    private func takeEdges(_ ready: ReadyDescriptors, at now: Instant) throws(PortError) {
        let doubtful = try backend.takeEdges(ready, into: &edges)
        if edges.contains(where: { $0.line.isInterlock && !$0.isActive }) { try cutMotion() }
        for edge in edges {
            let age = now.nanoseconds - edge.at.nanoseconds
            let isPlausible = age >= 0 && age <= Self.edgeAgeLimitNanoseconds
            tell(
                debouncers[edge.line.ordinal]?.edgeSeen(
                    to: edge.isActive, at: isPlausible ? edge.at : now, lost: edge.lost), of: edge.line)
        }
        edges.removeAll(keepingCapacity: true)
        for line in doubtful where debouncers[line.ordinal] != nil {
            let level = try backend.isActive(line)
            if line.isInterlock && !level { try cutMotion() }
            debouncers[line.ordinal]?.edgesMissed(levelIsNow: level, at: now)
        }
    }

    private func lookAtRestless(at now: Instant) throws(PortError) {
        for index in debouncers.indices {
            guard let debouncer = debouncers[index], let deadline = debouncer.deadline, deadline <= now else {
                continue
            }
            let line = Self.allInputs[index]
            if debouncer.hasSettled(at: now) {
                let level = try backend.isActive(line)
                tell(debouncers[index]?.levelRead(level, at: now), of: line)
            } else {
                tell(debouncers[index]?.limitReached(at: now), of: line)
            }
        }
    }

    private func tell(_ finding: Debouncer.Finding?, of line: InputLine) {
        switch finding {
        case .level(let level): changes.append(.level(line, isActive: level))
        case .chattering: report(chatter(of: line), on: line.rawValue)
        case .quiet(let level):
            changes.append(.level(line, isActive: level))
            reportWorking(line.rawValue)
        case nil: break
        }
    }

    private func chatter(of line: InputLine) -> PortError {
        let debounce = settings.inputs[line]?.debounce ?? .zero
        return PortError(
            .invalidAnswer,
            "Reading line \(line.rawValue) of \(backend.name) failed: it keeps ringing and was never quiet for its "
                + "debounce time of \(debounce.inNanoseconds / 1000) us. Check its sensor and cable, or lengthen the "
                + "debounce time.")
    }
}

/// The station's lines as the configuration says. Nothing is opened before the first `takeChanges`, so that a missing
/// chip comes out as a change instead of ending the start.
public func makeLines(_ settings: LineSettings, clock: any MonotonicClock, logger: Logger) -> DebouncedLines {
    let backend: any LineBackend =
        switch settings.backend {
        case .chip(let path): ChipLines(path: path, settings)
        case .socket(let path): SocketLines(path: path, settings)
        }
    return DebouncedLines(settings, backend, clock: clock, logger: logger)
}
