import Glibc
import Synchronization
import TestSupport

@testable import SimulatedBus

/// A folder that behaves like the kernel's: files appear in a folder of configfs when it is made, and the chip's files
/// in sysfs are there while it is live.
final class FolderKernel: Sendable {
    let folder: TemporaryFolder
    let lineCount: Int
    /// Folders that were made and removed, in order.
    let log = Mutex<[String]>([])

    init(lineCount: Int) throws {
        folder = try TemporaryFolder()
        self.lineCount = lineCount
        for name in ["config", "devices"] { mkdir("\(folder.path)/\(name)", 0o755) }
    }

    var kernel: GPIOSimChip.Kernel {
        var kernel = GPIOSimChip.Kernel()
        kernel.configuration = "\(folder.path)/config"
        kernel.devices = "\(folder.path)/devices"
        kernel.makeFolder = { self.made($0) }
        kernel.removeFolder = { self.removed($0) }
        return kernel
    }

    var chipFolder: String { "\(folder.path)/devices/gpio-sim.0/gpiochip3" }

    private func made(_ path: String) -> Int32 {
        guard mkdir(path, 0o755) == 0 else { return -1 }
        let name = relative(path)
        log.withLock { $0.append("make \(name)") }
        switch name {
        case "chip":
            write("0\n", to: "\(path)/live")
            write("gpio-sim.0\n", to: "\(path)/dev_name")
            appear()
        case "chip/bank0":
            for file in ["num_lines", "label"] { write("", to: "\(path)/\(file)") }
            write("gpiochip3\n", to: "\(path)/chip_name")
        default:
            write("", to: "\(path)/name")
        }
        return 0
    }

    private func removed(_ path: String) -> Int32 {
        guard access(path, F_OK) == 0 else { return -1 }
        log.withLock { $0.append("remove \(relative(path))") }
        for file in ["name", "num_lines", "label", "chip_name", "live", "dev_name"] { unlink("\(path)/\(file)") }
        return rmdir(path)
    }

    private func relative(_ path: String) -> String { String(path.dropFirst("\(folder.path)/config/".count)) }

    /// The chip's lines in sysfs, all low and untouched.
    func appear() {
        for folder in ["\(folder.path)/devices/gpio-sim.0", chipFolder] { mkdir(folder, 0o755) }
        for offset in 0..<lineCount {
            mkdir("\(chipFolder)/sim_gpio\(offset)", 0o755)
            write("", to: "\(chipFolder)/sim_gpio\(offset)/pull")
            write("0\n", to: "\(chipFolder)/sim_gpio\(offset)/value")
        }
    }

    /// Open files of a chip that is gone read as nothing.
    func vanish() {
        for offset in 0..<lineCount {
            let line = "\(chipFolder)/sim_gpio\(offset)"
            truncate("\(line)/value", 0)
            for file in ["pull", "value"] { unlink("\(line)/\(file)") }
            rmdir(line)
        }
    }

    func drive(_ offset: Int, _ level: Bool) {
        let file = open("\(chipFolder)/sim_gpio\(offset)/value", O_WRONLY)
        defer { close(file) }
        pwrite(file, level ? "1" : "0", 1, 0)
    }

    /// Everything that was ever written to a line's pull.
    func pulls(_ offset: Int) -> [String] { read("\(chipFolder)/sim_gpio\(offset)/pull") }

    func read(_ path: String) -> [String] {
        let file = open(path, O_RDONLY)
        defer { close(file) }
        return String(decoding: readAvailable(file) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// A file of the kernel is never seen empty.
    func write(_ text: String, to path: String) {
        let file = open("\(path)~", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        defer { close(file) }
        Glibc.write(file, text, text.utf8.count)
        rename("\(path)~", path)
    }
}
