import ClusterAPI
import Glibc

/// The few calls to the operating system that the ledger makes besides SQLite's.
enum FileSystem {
    /// Free bytes for unprivileged processes on the file system of `directory`; nil if it does not tell.
    @Sendable static func freeBytes(_ directory: String) -> Int64? {
        var answer = statvfs()
        guard statvfs(directory, &answer) == 0 else { return nil }
        let (bytes, overflow) = Int64(clamping: answer.f_bavail)
            .multipliedReportingOverflow(by: Int64(clamping: answer.f_frsize))
        return overflow ? .max : bytes
    }

    /// Size in bytes; nil if there is no such file.
    static func size(of path: String) -> Int64? {
        var answer = stat()
        guard stat(path, &answer) == 0 else { return nil }
        return Int64(answer.st_size)
    }

    /// Makes the folder if it is missing; only its owner and group may look into it.
    static func makeDirectory(_ path: String) throws(LedgerError) {
        guard mkdir(path, 0o750) != 0, errno != EEXIST else { return }
        throw .system("Making the ledger's folder \(path)", errno: errno)
    }

    static func remove(_ path: String) throws(LedgerError) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw .system("Removing \(path)", errno: errno)
    }

    /// Renames, and makes the new name durable.
    static func rename(_ old: String, to new: String, in directory: String) throws(LedgerError) {
        guard Glibc.rename(old, new) == 0 else { throw .system("Renaming \(old) to \(new)", errno: errno) }
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("Opening the folder \(directory)", errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system("Syncing the folder \(directory)", errno: errno) }
    }

    /// The kernel's name for this boot, without dashes: 32 hexadecimal digits.
    static func bootID() throws(LedgerError) -> String {
        let path = "/proc/sys/kernel/random/boot_id"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("Reading \(path)", errno: errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { throw .system("Reading \(path)", errno: errno) }
        let text = String(decoding: bytes[..<count].filter { $0 != UInt8(ascii: "-") && $0 > 32 }, as: UTF8.self)
        guard isHexadecimal(text, digits: 32) else {
            throw LedgerError(.systemError, "\(path) holds \"\(text)\", not a boot id of 32 hexadecimal digits.")
        }
        return text
    }
}

/// The right to write one ledger. The kernel takes it back when the process ends, however it ends.
final class WriterLock: LedgerLock {
    private let descriptor: Int32

    /// An error closes the file, too: `deinit` runs for what was initialised as a whole.
    init(path: String) throws(LedgerError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw .system("Opening the lock file \(path)", errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw .system("Locking \(path)", errno: errno) }
            throw LedgerError(
                .locked,
                "Locking \(path): another process holds it and writes this ledger. Only one daemon may run per "
                    + "station; stop the other one.")
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Lets the next writer in before this value ends.
    func release() { flock(descriptor, LOCK_UN) }
}
