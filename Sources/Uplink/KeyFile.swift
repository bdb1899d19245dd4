import FoundationEssentials
import Glibc

/// Owns one open file.
struct KeyFile: ~Copyable {
    let descriptor: Int32
    let path: String

    deinit { close(descriptor) }

    func mode() throws(StationKeyError) -> mode_t {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw StationKeyError("could not be examined", path, errno) }
        return status.st_mode
    }

    func read(upTo limit: Int) throws(StationKeyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = Glibc.read(descriptor, &bytes, limit)
        guard count >= 0 else { throw StationKeyError("could not be read", path, errno) }
        return Array(bytes.prefix(count))
    }

    func writeThrough(_ bytes: [UInt8]) throws(StationKeyError) {
        let count = write(descriptor, bytes, bytes.count)
        guard count == bytes.count else { throw StationKeyError("could not be written", path, errno) }
        try sync()
    }

    func sync() throws(StationKeyError) {
        guard fsync(descriptor) == 0 else { throw StationKeyError("could not be brought to the disk", path, errno) }
    }

    /// Brings names in the folder of `path` to the disk.
    static func syncFolder(of path: String) throws(StationKeyError) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StationKeyError("has a folder that could not be opened", path, errno) }
        try KeyFile(descriptor: descriptor, path: folder).sync()
    }
}

/// The station's key cannot be used: one sentence with the file and what to do.
public struct StationKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public var description: String { message }

    public init(message: String) {
        self.message = message
    }

    init(_ what: String, _ path: String) {
        message = "The station's key file \(path) \(what)."
    }

    init(_ what: String, _ path: String, _ code: Int32) {
        self.init("\(what): \(String(cString: strerror(code)))", path)
    }
}
