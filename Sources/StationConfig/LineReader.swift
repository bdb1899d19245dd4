import StrictYAML
import Vocabulary

/// Reads `gpio`: every line of RS-1 has a place on the chip, and no two share one.
func readLines(_ gpio: YAMLMapping) -> LineSettings? {
    let backend = gpio.oneOf(["chip", "socket"]).flatMap { key in
        key == "chip"
            ? gpio.required(key) { $0.string() }.map { LineSettings.Backend.chip(path: $0) }
            : gpio.required(key, socketPath).map { LineSettings.Backend.socket(path: $0) }
    }
    var taken: [UInt32: String] = [:]
    let inputs = gpio.required("inputs") { $0.mapping { readInputs($0, &taken) } }
    let outputs = gpio.required("outputs") { $0.mapping { readOutputs($0, &taken) } }
    guard let backend, let inputs, let outputs else { return nil }
    return LineSettings(backend: backend, inputs: inputs, outputs: outputs)
}

private func readInputs(_ inputs: YAMLMapping, _ taken: inout [UInt32: String]) -> [InputLine: LineAssignment]? {
    var assignments: [InputLine: LineAssignment] = [:]
    for line in InputLine.allCases {
        assignments[line] = inputs.required(line.rawValue) { value in
            value.mapping { mapping in
                let bias = mapping.optional("bias", absent: .asIs) { $0.word(LineAssignment.Bias.self) }
                let debounce = mapping.optional("debounce", absent: .milliseconds(5)) {
                    $0.duration(in: Limits.debounce)
                }
                guard let place = readPlace(mapping, &taken), let bias, let debounce else { return nil }
                return LineAssignment(
                    offset: place.offset, isActiveLow: place.isActiveLow, bias: bias, debounce: debounce)
            }
        }
    }
    return assignments.count == InputLine.allCases.count ? assignments : nil
}

private func readOutputs(_ outputs: YAMLMapping, _ taken: inout [UInt32: String]) -> [OutputLine: LineAssignment]? {
    var assignments: [OutputLine: LineAssignment] = [:]
    for line in OutputLine.allCases {
        assignments[line] = outputs.required(line.rawValue) { value in
            value.mapping { mapping in
                readPlace(mapping, &taken).map { LineAssignment(offset: $0.offset, isActiveLow: $0.isActiveLow) }
            }
        }
    }
    return assignments.count == OutputLine.allCases.count ? assignments : nil
}

private func readPlace(
    _ mapping: YAMLMapping, _ taken: inout [UInt32: String]
) -> (offset: UInt32, isActiveLow: Bool)? {
    let isActiveLow = mapping.optional("activeLow", absent: false) { $0.bool() }
    guard let offset = mapping.required("line", { $0.int(in: Limits.lineOffset) }).map({ UInt32($0) }) else {
        return nil
    }
    let place = mapping.place(of: "line")
    if let other = taken.updateValue(place.keyPath, forKey: offset) {
        place.fail("line \(offset) is already used by \(other)")
        return nil
    }
    return isActiveLow.map { (offset, $0) }
}
