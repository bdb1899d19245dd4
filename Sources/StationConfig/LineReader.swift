import StrictYAML
import Vocabulary

/// Reads `gpio`: every line of RS-1 has a place on the chip or on a remote I/O, and no two share one.
func readLines(_ gpio: YAMLMapping, _ remote: RemoteLineReader) -> LineSettings? {
    let backend = gpio.oneOf(["chip", "socket"]).flatMap { key in
        key == "chip"
            ? gpio.required(key) { $0.string() }.map { LineSettings.Backend.chip(path: $0) }
            : gpio.required(key, socketPath).map { LineSettings.Backend.socket(path: $0) }
    }
    var taken: [LineAssignment.Place: String] = [:]
    let inputs = gpio.required("inputs") { $0.mapping { readInputs($0, backend, remote, &taken) } }
    let outputs = gpio.required("outputs") { $0.mapping { readOutputs($0, backend, remote, &taken) } }
    guard let backend, let inputs, let outputs else { return nil }
    return LineSettings(
        backend: backend, inputs: inputs, outputs: outputs, remoteInputs: remote.inputs, remoteOutputs: remote.outputs)
}

private func readInputs(
    _ inputs: YAMLMapping, _ backend: LineSettings.Backend?, _ remote: RemoteLineReader,
    _ taken: inout [LineAssignment.Place: String]
) -> [InputLine: LineAssignment]? {
    var assignments: [InputLine: LineAssignment] = [:]
    for line in InputLine.allCases {
        assignments[line] = inputs.required(line.rawValue) { value in
            value.mapping { mapping in
                if remote.takes(line, mapping) { return nil }
                let debounce = mapping.optional("debounce", absent: .milliseconds(5)) {
                    $0.duration(in: Limits.debounce)
                }
                guard var assignment = readWiring(mapping, backend, &taken), let debounce else { return nil }
                assignment.debounce = debounce
                return assignment
            }
        }
    }
    return assignments.count + remote.inputs.count == InputLine.allCases.count ? assignments : nil
}

private func readOutputs(
    _ outputs: YAMLMapping, _ backend: LineSettings.Backend?, _ remote: RemoteLineReader,
    _ taken: inout [LineAssignment.Place: String]
) -> [OutputLine: LineAssignment]? {
    var assignments: [OutputLine: LineAssignment] = [:]
    for line in OutputLine.allCases {
        assignments[line] = outputs.required(line.rawValue) { value in
            value.mapping { mapping in
                if remote.takes(line, mapping) { return nil }
                let drive = mapping.optional("drive", absent: .pushPull) { $0.word(LineAssignment.Drive.self) }
                guard var assignment = readWiring(mapping, backend, &taken), let drive else { return nil }
                assignment.drive = drive
                return assignment
            }
        }
    }
    return assignments.count + remote.outputs.count == OutputLine.allCases.count ? assignments : nil
}

/// What lines of both directions have.
private func readWiring(
    _ mapping: YAMLMapping, _ backend: LineSettings.Backend?, _ taken: inout [LineAssignment.Place: String]
) -> LineAssignment? {
    let isActiveLow = mapping.optional("activeLow", absent: false) { $0.bool() }
    let bias = mapping.optional("bias", absent: .asIs) { $0.word(LineAssignment.Bias.self) }
    guard let place = mapping.required("line", { readPlace($0, backend) }) else { return nil }
    let source = mapping.place(of: "line")
    if let other = taken.updateValue(source.keyPath, forKey: place) {
        source.fail("line \(place.written) is already used by \(other)")
        return nil
    }
    guard let isActiveLow, let bias else { return nil }
    return LineAssignment(place, isActiveLow: isActiveLow, bias: bias)
}

/// A whole number is an offset, every other text a name, as is a number in quotes.
private func readPlace(_ value: YAMLValue, _ backend: LineSettings.Backend?) -> LineAssignment.Place? {
    if value.isWholeNumber { return value.int(in: Limits.lineOffset).map { .offset(UInt32($0)) } }
    guard let name = value.string() else { return nil }
    if case .socket? = backend {
        value.place.fail("the simulator's lines have offsets and no names, found \"\(name)\"")
        return nil
    }
    guard name.utf8.count <= Limits.lineNameBytes else {
        value.place.fail("a line's name has at most \(Limits.lineNameBytes) bytes, found \(name.utf8.count)")
        return nil
    }
    return .name(name)
}

extension LineAssignment.Place {
    /// As it stands in the file.
    fileprivate var written: String {
        switch self {
        case .offset(let offset): "\(offset)"
        case .name(let name): "\"\(name)\""
        }
    }
}
