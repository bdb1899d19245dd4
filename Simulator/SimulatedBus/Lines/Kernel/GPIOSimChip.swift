import Glibc

/// A chip of the kernel's gpio-sim module (drivers/gpio/gpio-sim.c), made through configfs:
///
///     mkdir /sys/kernel/config/gpio-sim/NAME/bank0; write num_lines; mkdir lineN; write name; write 1 to live
///     /sys/devices/platform/DEV_NAME/CHIP_NAME/sim_gpioN/pull    what is connected to the line: pull-up, pull-down
///     /sys/devices/platform/DEV_NAME/CHIP_NAME/sim_gpioN/value   the line's level
public struct GPIOSimChip: Sendable {
    /// Where the kernel shows things. Folders are made and removed by calls of their own, because in configfs that is
    /// what creates: files appear in a folder that was made, and go with it.
    public struct Kernel: Sendable {
        public var configuration = "/sys/kernel/config/gpio-sim"
        public var devices = "/sys/devices/platform"
        public var nodes = "/dev"
        var makeFolder: @Sendable (String) -> Int32 = { mkdir($0, 0o755) }
        var removeFolder: @Sendable (String) -> Int32 = { rmdir($0) }

        public init() {}
    }

    /// Where a chip that is there is found.
    struct Place: Hashable {
        var folder: String
        var node: String
    }

    private let kernel: Kernel
    private let folder: String
    private let lines: [UInt32]
    /// A chip that was there before is left there.
    private let isOurs: Bool

    /// Makes the chip, or uses the one of this name that somebody made.
    /// - Parameter lines: the names of its lines in the order of their offsets.
    public init(name: String, lines: [String], kernel: Kernel = Kernel()) throws {
        self.kernel = kernel
        folder = "\(kernel.configuration)/\(name)"
        self.lines = lines.indices.map(UInt32.init)
        guard access(kernel.configuration, F_OK) == 0 else {
            throw SimulatedBusError(
                "Making a simulated GPIO chip failed: there is no \(kernel.configuration). This kernel has no "
                    + "gpio-sim, or its module is not loaded: run `modprobe gpio-sim` as root, or use "
                    + "scripts/test-kernel, which boots a kernel that has it.")
        }
        if try Self.isLive(folder) {
            isOurs = false
        } else {
            isOurs = true
            removeFolders()
            do {
                try make(name: name, lines: lines)
            } catch {
                removeFolders()
                throw error
            }
        }
    }

    private static func isLive(_ folder: String) throws -> Bool {
        guard access("\(folder)/live", F_OK) == 0 else { return false }
        return try readLine("\(folder)/live") == "1"
    }

    private func make(name: String, lines: [String]) throws {
        let bank = "\(folder)/bank0"
        try makeFolder(folder)
        try makeFolder(bank)
        try writeFile("\(bank)/num_lines", "\(lines.count)")
        try writeFile("\(bank)/label", name)
        for (offset, line) in lines.enumerated() {
            try makeFolder("\(bank)/line\(offset)")
            try writeFile("\(bank)/line\(offset)/name", line)
        }
        try writeFile("\(folder)/live", "1")
    }

    private func makeFolder(_ path: String) throws {
        guard kernel.makeFolder(path) != 0 else { return }
        let error = errno
        guard error == EACCES || error == EPERM else { throw SimulatedBusError("Making \(path)", error: error) }
        throw SimulatedBusError("Making \(path) failed: the kernel's GPIO chips are made by root. Run this as root.")
    }

    /// Takes the chip away if it was made here.
    func remove() {
        if isOurs { removeFolders() }
    }

    private func removeFolders() {
        guard access(folder, F_OK) == 0 else { return }
        try? writeFile("\(folder)/live", "0")
        for offset in lines { _ = kernel.removeFolder("\(folder)/bank0/line\(offset)") }
        _ = kernel.removeFolder("\(folder)/bank0")
        _ = kernel.removeFolder(folder)
    }

    /// - Returns: nil while the chip is not live.
    func place() -> Place? {
        guard let device = try? readLine("\(folder)/dev_name"), !device.isEmpty,
            let chip = try? readLine("\(folder)/bank0/chip_name"), !chip.isEmpty
        else { return nil }
        return Place(folder: "\(kernel.devices)/\(device)/\(chip)", node: "\(kernel.nodes)/\(chip)")
    }
}

/// The first line of a small file.
private func readLine(_ path: String) throws -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw SimulatedBusError("Opening \(path)", error: errno) }
    defer { close(file) }
    guard let bytes = readAvailable(file) else { throw SimulatedBusError("Reading \(path)", error: errno) }
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
}

private func writeFile(_ path: String, _ text: String) throws {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw SimulatedBusError("Opening \(path)", error: errno) }
    defer { close(file) }
    let line = Array("\(text)\n".utf8)
    guard write(file, line, line.count) == line.count else {
        throw SimulatedBusError("Writing \(text) to \(path)", error: errno)
    }
}
