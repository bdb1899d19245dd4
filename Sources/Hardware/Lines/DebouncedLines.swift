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
    static let edgeAgeLimit: Duration = .seconds(10)

    private enum Connection {
        case closed(retryAt: Instant)
        /// When lines that could not be requested are tried again; nil if there are none.
        case open(retryAt: Instant?)
        case released
    }

    private let settings: LineSettings
    private let backend: any LineBackend
    private let clock: any MonotonicClock
    private var log: SparingLogger
    private var connection: Connection
    private var backoff = Backoff(first: retryFirst, cap: retryCap)
    private var debouncers: [InputLine: Debouncer] = [:]
    private var usableOutputs: Set<OutputLine> = []
    private var commanded: [OutputLine: Bool] = [:]
    /// What was reported as failed and has not worked since, by name.
    private var failures: [String: PortError] = [:]
    private var changes: [LineChange] = []

    init(_ settings: LineSettings, _ backend: any LineBackend, clock: any MonotonicClock, logger: Logger) {
        self.settings = settings
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
        case .closed(let retryAt): retryAt
        case .open(let retryAt): (debouncers.values.map(\.deadline) + [retryAt]).compactMap { $0 }.min()
        case .released: nil
        }
    }

    /// The first call reports the level of every input, or what keeps it from being known.
    public func takeChanges(at now: Instant) -> [LineChange] {
        log.tellLeftOut(at: now)
        switch connection {
        case .closed(let retryAt) where retryAt <= now: open(at: now)
        case .open(let retryAt?) where retryAt <= now: requestMissing(at: now)
        case .closed, .open, .released: break
        }
        if case .open = connection {
            do {
                try takeEdges(at: now)
                try readSettled(at: now)
            } catch {
                lose(error, at: now)
            }
        }
        defer { changes = [] }
        return changes
    }

    public func set(_ line: OutputLine, isOn: Bool) throws(PortError) {
        guard settings.outputs[line] != nil else {
            throw PortError(.notFound, "Setting \(line.rawValue) failed: the configuration gives it no line. Add one.")
        }
        commanded[line] = isOn
        guard case .open = connection, usableOutputs.contains(line) else {
            let cause = failures[line.rawValue] ?? failures[backend.name]
            throw PortError(
                cause?.code ?? .disconnected,
                "Setting \(line.rawValue) failed: \(cause?.message ?? "\(backend.name) is not open.")")
        }
        do {
            try backend.write(line, isOn: isOn)
        } catch {
            lose(error, at: clock.now)
            throw error
        }
    }

    public func makeSafe() {
        deEnergise(except: .heartbeat)
    }

    /// De-energises every output, the heartbeat included, and gives the lines back for good.
    public func close() {
        deEnergise(except: nil)
        backend.close()
        connection = .released
    }

    private func deEnergise(except kept: OutputLine?) {
        for line in OutputLine.allCases where line != kept && settings.outputs[line] != nil {
            // Remembered even if it cannot be written now: after a reconnect nothing may move.
            commanded[line] = false
            guard case .open = connection, usableOutputs.contains(line) else { continue }
            do {
                try backend.write(line, isOn: false)
            } catch {
                // Closing gives the outputs back, and they fall: that is safe as well.
                lose(error, at: clock.now)
            }
        }
    }
}

// MARK: Coming and going

extension DebouncedLines {
    private func open(at now: Instant) {
        do {
            try backend.open()
        } catch {
            connection = .closed(retryAt: now + backoff.failed())
            return report(error, on: backend.name)
        }
        connection = .open(retryAt: nil)
        debouncers = [:]
        usableOutputs = []
        reportWorking(backend.name)
        requestMissing(at: now)
    }

    /// Takes into use what is not yet; one line that fails does not keep the others.
    private func requestMissing(at now: Instant) {
        var isComplete = true
        for line in missingLines {
            do {
                try take(line)
                reportWorking(line.name)
            } catch {
                isComplete = false
                report(error, on: line.name)
            }
        }
        if isComplete { backoff.succeeded() }
        connection = .open(retryAt: isComplete ? nil : now + backoff.failed())
    }

    private var missingLines: [StationLine] {
        OutputLine.allCases.filter { settings.outputs[$0] != nil && !usableOutputs.contains($0) }.map(
            StationLine.output)
            + InputLine.allCases.filter { settings.inputs[$0] != nil && debouncers[$0] == nil }.map(StationLine.input)
    }

    private func take(_ line: StationLine) throws(PortError) {
        try backend.request(line)
        switch line {
        case .input(let input):
            let level = try backend.isActive(input)
            let debounce = settings.inputs[input]?.debounce ?? .zero
            debouncers[input] = Debouncer(debounce: debounce, level: level)
            changes.append(.level(input, isActive: level))
        case .output(let output):
            try backend.write(output, isOn: commanded[output] ?? false)
            usableOutputs.insert(output)
        }
    }

    /// The whole chip is doubtful: everything is given back, which de-energises the outputs, and opened anew.
    private func lose(_ error: PortError, at now: Instant) {
        backend.close()
        connection = .closed(retryAt: now + backoff.failed())
        debouncers = [:]
        usableOutputs = []
        report(error, on: backend.name)
    }

    private func report(_ error: PortError, on name: String) {
        guard failures[name] != error else { return }
        failures[name] = error
        changes.append(.failed(line: name, error))
        log.log(
            .error, about: "line \(name)", "\(name) cannot be used and is tried again for ever. \(error)", at: clock.now
        )
    }

    private func reportWorking(_ name: String) {
        guard failures.removeValue(forKey: name) != nil else { return }
        changes.append(.worked(line: name))
        log.log(.info, about: "line \(name)", "\(name) works again.", at: clock.now)
    }
}

// MARK: Levels

extension DebouncedLines {
    private func takeEdges(at now: Instant) throws(PortError) {
        for edge in try backend.takeEdges() {
            let isPlausible = edge.at <= now && now <= edge.at + Self.edgeAgeLimit
            debouncers[edge.line]?.edgeSeen(to: edge.isActive, at: isPlausible ? edge.at : now)
        }
    }

    private func readSettled(at now: Instant) throws(PortError) {
        for line in InputLine.allCases {
            guard let deadline = debouncers[line]?.deadline, deadline <= now else { continue }
            let level = try backend.isActive(line)
            if let believed = debouncers[line]?.levelRead(level, at: now) {
                changes.append(.level(line, isActive: believed))
            }
        }
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
