import Glibc

/// The open sysfs files of a gpio-sim chip that is there. They belong to this instance of the chip: after it vanished
/// and returned they answer with an error.
final class ChipFiles: Sendable {
    private static let up = Array("pull-up\n".utf8)
    private static let down = Array("pull-down\n".utf8)

    let place: GPIOSimChip.Place
    private let pulls: [UInt32: Int32]
    private let values: [UInt32: Int32]

    /// Nil if one of the lines is not there; `errno` says why.
    init?(_ place: GPIOSimChip.Place, inputs: [UInt32], outputs: [UInt32]) {
        func files(_ lines: [UInt32], _ name: String, _ mode: Int32) -> [UInt32: Int32] {
            Dictionary(
                uniqueKeysWithValues: lines.map {
                    ($0, open("\(place.folder)/sim_gpio\($0)/\(name)", mode | O_CLOEXEC))
                })
        }
        self.place = place
        pulls = files(inputs, "pull", O_WRONLY)
        values = files(outputs, "value", O_RDONLY)
        if allFiles.contains(where: { $0 < 0 }) { return nil }
    }

    deinit {
        for file in allFiles where file >= 0 { close(file) }
    }

    private var allFiles: [Int32] { [Int32](pulls.values) + [Int32](values.values) }

    /// - Returns: false if the chip is gone.
    func pull(_ offset: UInt32, up: Bool) -> Bool {
        guard let file = pulls[offset] else { return false }
        let text = up ? Self.up : Self.down
        // Each write is a call of its own for the kernel, wherever the file's position is.
        return write(file, text, text.count) == text.count
    }

    /// The level of an output line; nil if the chip is gone.
    func value(_ offset: UInt32) -> Bool? {
        guard let file = values[offset] else { return nil }
        var byte: UInt8 = 0
        // Read from the beginning, the kernel makes the text anew.
        guard pread(file, &byte, 1, 0) == 1 else { return nil }
        return byte == UInt8(ascii: "1")
    }
}
