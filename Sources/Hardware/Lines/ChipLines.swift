import CGpiod
import Glibc
import StationConfig
import StationPorts
import Vocabulary

/// The owner of an open GPIO chip.
struct GPIOChip: ~Copyable {
    let pointer: OpaquePointer

    /// Nil after an error; `errno` says why.
    init?(path: String) {
        guard let pointer = cgpiod_chip_open(path) else { return nil }
        self.pointer = pointer
    }

    deinit { cgpiod_chip_close(pointer) }
}

/// The owner of one requested line. Must not outlive its chip.
struct GPIOLine: ~Copyable {
    let pointer: OpaquePointer

    deinit { cgpiod_line_close(pointer) }
}

/// Lines of a kernel GPIO chip.
final class ChipLines: LineBackend {
    /// Shown by `gpioinfo`.
    static let consumer = "return-station"
    /// A line that rings without end is cut short here; what waits still is taken next time.
    static let edgesLimit = 64

    /// A dictionary cannot own what is not copyable: each line lives in a box.
    private final class Slot {
        let line: GPIOLine
        init(_ line: consuming GPIOLine) { self.line = line }
    }

    let name: String
    private let settings: LineSettings
    private let file: DeviceFile
    private var chip: GPIOChip?
    private var inputs: [InputLine: Slot] = [:]
    private var outputs: [OutputLine: Slot] = [:]

    init(path: String, _ settings: LineSettings) {
        name = path
        self.settings = settings
        file = DeviceFile(path: path, customaryGroup: "gpio")
    }

    deinit { close() }

    var pollDescriptors: [Int32] { inputs.values.map { cgpiod_line_descriptor($0.line.pointer) } }

    func open() throws(PortError) {
        close()
        chip = GPIOChip(path: name)
        if chip == nil { throw file.explain(errno, tried: "Opening the GPIO chip") }
    }

    func request(_ line: StationLine) throws(PortError) {
        guard let pointer = chip?.pointer else { throw notOpen(line.name) }
        let assignment: LineAssignment?
        let made: OpaquePointer?
        // A line that was requested before, but could not be used, must be given back first.
        switch line {
        case .input(let input):
            inputs[input] = nil
            assignment = settings.inputs[input]
            made = assignment.flatMap {
                cgpiod_request_input(pointer, $0.offset, Self.consumer, $0.bias.shim, $0.isActiveLow ? 1 : 0)
            }
        case .output(let output):
            outputs[output] = nil
            assignment = settings.outputs[output]
            made = assignment.flatMap {
                cgpiod_request_output(pointer, $0.offset, Self.consumer, $0.isActiveLow ? 1 : 0)
            }
        }
        guard let made else {
            let offset = assignment.map { " (offset \($0.offset))" } ?? ""
            throw file.explain(errno, tried: "Requesting line \(line.name)\(offset) of")
        }
        let slot = Slot(GPIOLine(pointer: made))
        switch line {
        case .input(let input): inputs[input] = slot
        case .output(let output): outputs[output] = slot
        }
    }

    func takeEdges() throws(PortError) -> [LineEdge] {
        var edges: [LineEdge] = []
        var buffer = [cgpiod_edge](repeating: cgpiod_edge(), count: Self.edgesLimit)
        for (line, slot) in inputs {
            let count = cgpiod_line_drain(slot.line.pointer, &buffer, Int32(buffer.count))
            guard count >= 0 else { throw file.explain(errno, tried: "Reading the edges of \(line.rawValue) from") }
            edges += buffer[0..<Int(count)].map {
                LineEdge(line: line, isActive: $0.level != 0, at: Instant(nanoseconds: $0.nanoseconds))
            }
        }
        return edges
    }

    func isActive(_ line: InputLine) throws(PortError) -> Bool {
        guard let slot = inputs[line] else { throw notOpen(line.rawValue) }
        let level = cgpiod_line_get(slot.line.pointer)
        guard level >= 0 else { throw file.explain(errno, tried: "Reading line \(line.rawValue) of") }
        return level != 0
    }

    func write(_ line: OutputLine, isOn: Bool) throws(PortError) {
        guard let slot = outputs[line] else { throw notOpen(line.rawValue) }
        guard cgpiod_line_set(slot.line.pointer, isOn ? 1 : 0) == 0 else {
            throw file.explain(errno, tried: "Setting line \(line.rawValue) of")
        }
    }

    /// The kernel lets an output's line fall back as soon as it is given back; to be sure it is set to 0 first.
    func close() {
        for slot in outputs.values { _ = cgpiod_line_set(slot.line.pointer, 0) }
        outputs = [:]
        inputs = [:]
        chip = nil
    }

    private func notOpen(_ line: String) -> PortError {
        PortError(.disconnected, "Line \(line) cannot be used: \(name) is not open. It is tried again by itself.")
    }
}

extension LineAssignment.Bias {
    fileprivate var shim: cgpiod_bias {
        switch self {
        case .asIs: CGPIOD_BIAS_AS_IS
        case .disabled: CGPIOD_BIAS_DISABLED
        case .pullUp: CGPIOD_BIAS_PULL_UP
        case .pullDown: CGPIOD_BIAS_PULL_DOWN
        }
    }
}
