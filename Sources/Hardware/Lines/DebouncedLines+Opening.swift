import StationConfig
import StationPorts
import Vocabulary

/// Coming: the chip, and the lines on it that are not in use yet.
extension DebouncedLines {
    func open(at now: Instant) {
        do {
            try backend.open()
        } catch {
            connection = .closed(retryAt: now + backoff.failed())
            return report(error, on: backend.name)
        }
        connection = .open(retryAt: nil)
        forgetLines()
        reportWorking(backend.name)
        requestMissing(at: now)
    }

    /// Takes into use what is not yet; one line that fails does not keep the others.
    func requestMissing(at now: Instant) {
        let outputs = Self.allOutputs.filter { settings.outputs[$0] != nil && !usableOutputs.contains($0) }
        let inputs = Self.allInputs.filter { settings.inputs[$0] != nil && debouncers[$0.ordinal] == nil }
        let levels = Dictionary(uniqueKeysWithValues: outputs.map { ($0, energised.contains($0)) })
        let refused = backend.request(inputs, levels)
        var isComplete = true
        for line in outputs.map(StationLine.output) + inputs.map(StationLine.input) {
            do throws(PortError) {
                if let error = refused[line] { throw error }
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

    private func take(_ line: StationLine) throws(PortError) {
        switch line {
        case .input(let input):
            let level = try backend.isActive(input)
            debouncers[input.ordinal] = Debouncer(
                debounce: settings.inputs[input]?.debounce ?? .zero, level: level,
                counters: earlierCounters.removeValue(forKey: input) ?? LineCounters())
            changes.append(.level(input, isActive: level))
        case .output(let output):
            usableOutputs.insert(output)
        }
    }
}
