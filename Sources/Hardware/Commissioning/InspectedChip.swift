import CGpiod
import Glibc
import StationConfig
import StationPorts

/// How a line of a chip is, as the kernel tells it to anybody.
struct LineFacts: Hashable, Sendable {
    /// Empty if it has none.
    var name = ""
    /// Nil if the line is free; empty if its user has not said what it is.
    var user: String?
    var isOutput = false
}

/// A GPIO chip that is looked at.
protocol InspectedChip {
    /// Every line, by offset.
    func facts() throws(PortError) -> [LineFacts]
    /// Takes a free input for a moment and gives it back; polarity applied.
    func isActive(_ line: LineAssignment, at offset: UInt32) throws(PortError) -> Bool
}

/// A chip of the kernel.
final class KernelChip: InspectedChip {
    private let chip: GPIOChip
    private let file: DeviceFile

    init(path: String) throws(PortError) {
        file = DeviceFile(path: path, customaryGroup: "gpio")
        guard let chip = GPIOChip(path: path) else { throw file.explain(errno, tried: "Opening the GPIO chip") }
        self.chip = chip
    }

    func facts() throws(PortError) -> [LineFacts] {
        let count = cgpiod_chip_line_count(chip.pointer)
        guard count >= 0 else { throw file.explain(errno, tried: "Counting the lines of") }
        var all: [LineFacts] = []
        for offset in 0..<UInt32(count) {
            var info = cgpiod_line_info()
            guard cgpiod_chip_line_info(chip.pointer, offset, &info) == 0 else {
                throw file.explain(errno, tried: "Looking at line \(offset) of")
            }
            all.append(
                LineFacts(
                    name: Self.text(&info.name), user: info.is_used == 0 ? nil : Self.text(&info.consumer),
                    isOutput: info.is_output != 0))
        }
        return all
    }

    func isActive(_ line: LineAssignment, at offset: UInt32) throws(PortError) -> Bool {
        var wish = line.wish(offset: offset)
        guard let lines = cgpiod_request_inputs(chip.pointer, &wish, 1, ChipLines.consumer) else {
            throw file.explain(errno, tried: "Requesting line \(offset) of")
        }
        defer { cgpiod_lines_close(lines) }
        let level = cgpiod_lines_get(lines, 0)
        guard level >= 0 else { throw file.explain(errno, tried: "Reading line \(offset) of") }
        return level != 0
    }

    /// A C array of characters, which Swift sees as a tuple; it ends with a zero.
    private static func text<Characters>(_ characters: inout Characters) -> String {
        withUnsafeBytes(of: &characters) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
