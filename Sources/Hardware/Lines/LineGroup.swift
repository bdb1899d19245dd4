import CGpiod
import StationConfig
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

    /// The name of every line, by offset; empty for those without, and for all if the names are not to be read (each
    /// is a call of the kernel). Nil after an error; `errno` says why.
    func lineNames(reading: Bool) -> [String]? {
        let count = cgpiod_chip_line_count(pointer)
        guard count >= 0 else { return nil }
        guard reading else { return Array(repeating: "", count: Int(count)) }
        var names: [String] = []
        for offset in 0..<UInt32(count) {
            let name: String? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CGPIOD_NAME_SIZE)) {
                guard let buffer = $0.baseAddress, cgpiod_chip_line_name(pointer, offset, buffer) == 0
                else { return nil }
                return String(cString: buffer)
            }
            guard let name else { return nil }
            names.append(name)
        }
        return names
    }
}

/// The owner of lines that were requested together. Must not outlive its chip.
final class LineGroup {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { cgpiod_lines_close(pointer) }

    var descriptors: [Int32] {
        (0..<cgpiod_lines_descriptor_count(pointer)).map { cgpiod_lines_descriptor(pointer, $0) }
    }
}

extension LineAssignment {
    /// What is wanted of the line at this offset; `isOn` is an output's first level.
    func wish(offset: UInt32, isOn: Bool = false) -> cgpiod_wish {
        cgpiod_wish(
            offset: offset, is_active_low: isActiveLow ? 1 : 0, bias: bias.shim, drive: drive.shim,
            value: isOn ? 1 : 0)
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

extension LineAssignment.Drive {
    fileprivate var shim: cgpiod_drive {
        switch self {
        case .pushPull: CGPIOD_PUSH_PULL
        case .openDrain: CGPIOD_OPEN_DRAIN
        case .openSource: CGPIOD_OPEN_SOURCE
        }
    }
}
