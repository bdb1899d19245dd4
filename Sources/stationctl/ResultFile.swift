import Glibc

/// Why a result could not be written: a sentence.
struct ResultFileError: Error {
    var message: String

    init(_ tried: String, errno code: Int32) {
        message =
            "\(tried): \(String(cString: strerror(code))). The export is not whole; free space or choose another "
            + "place, and export again."
    }
}

/// Where a long result goes: standard output, or a file that has its name only once it is whole and on the disk.
struct ResultFile: ~Copyable {
    private let descriptor: Int32
    private let path: String
    /// Nil where nothing is to be renamed: standard output, and what is no regular file (a pipe, a device).
    private let unfinished: String?

    static func standardOutput() -> ResultFile {
        ResultFile(descriptor: STDOUT_FILENO, path: "the standard output", unfinished: nil)
    }

    /// A file that is there is replaced at the end, not before.
    static func file(_ path: String) throws(ResultFileError) -> ResultFile {
        var answer = stat()
        let isSpecial = stat(path, &answer) == 0 && answer.st_mode & S_IFMT != S_IFREG
        let target = isSpecial ? path : path + ".unfinished"
        let descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw ResultFileError("Opening \(target)", errno: errno) }
        return ResultFile(descriptor: descriptor, path: path, unfinished: isSpecial ? nil : target)
    }

    private init(descriptor: Int32, path: String, unfinished: String?) {
        (self.descriptor, self.path, self.unfinished) = (descriptor, path, unfinished)
    }

    deinit { if descriptor != STDOUT_FILENO { close(descriptor) } }

    func write(_ bytes: [UInt8]) throws(ResultFileError) {
        if let error = writeWhole(bytes, to: descriptor) {
            throw ResultFileError("Writing to \(unfinished ?? path)", errno: error)
        }
    }

    /// Makes the file durable and gives it its name.
    func finish() throws(ResultFileError) {
        guard let unfinished else { return }
        guard fsync(descriptor) == 0 else { throw ResultFileError("Syncing \(unfinished)", errno: errno) }
        guard rename(unfinished, path) == 0 else {
            throw ResultFileError("Renaming \(unfinished) to \(path)", errno: errno)
        }
    }
}

/// Writes all of it, in as many pieces as it takes.
/// - Returns: nil, or the error number of what failed.
func writeWhole(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var written = 0
    while written < bytes.count {
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written) }
        if count >= 0 {
            written += count
        } else if errno != EINTR {
            return errno
        }
    }
    return nil
}
