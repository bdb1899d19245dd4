import ClusterAPI
import Crypto
import FoundationEssentials
import Glibc

/// The station's Ed25519 key, kept as a file of 32 raw bytes that nobody but its owner may read.
public struct StationKey: Sendable {
    /// Of the raw private key, https://www.rfc-editor.org/rfc/rfc8032#section-5.1.5.
    static let length = 32

    private let privateKey: Curve25519.Signing.PrivateKey

    package init(privateKey: Curve25519.Signing.PrivateKey) {
        self.privateKey = privateKey
    }

    /// Raw, 32 bytes.
    public var publicKey: Data { privateKey.publicKey.rawRepresentation }

    /// What an operator compares before approving the station.
    public var fingerprint: String { ReportSignature.fingerprint(ofPublicKey: publicKey) }

    /// The value of the signature header for exactly these bytes.
    public func signatureHeader(for body: Data) throws -> String {
        try ReportSignature.header(for: body, key: privateKey)
    }

    /// Reads the key, or makes a new one if there is no file. A new key is on the disk, whole, before this returns.
    ///
    /// Throws if the file is not 32 bytes, may be read or written by others, or cannot be used.
    public static func loadOrCreate(path: String) throws(StationKeyError) -> StationKey {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            guard code == ENOENT else { throw StationKeyError("could not be opened", path, code) }
            return try create(path: path)
        }
        return try load(from: KeyFile(descriptor: descriptor, path: path))
    }

    private static func load(from file: consuming KeyFile) throws(StationKeyError) -> StationKey {
        let mode = try file.mode()
        guard mode & S_IFMT == S_IFREG else { throw StationKeyError("is not a regular file", file.path) }
        guard mode & 0o077 == 0 else {
            throw StationKeyError(
                "may be used by others (mode \(String(mode & 0o777, radix: 8))); make it private with chmod 600, and "
                    + "make a new key if someone may have read it", file.path)
        }
        let bytes = try file.read(upTo: length + 1)
        guard bytes.count == length, let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes) else {
            throw StationKeyError(
                "is no key: it has \(bytes.count > length ? "more than \(length)" : "\(bytes.count)") bytes instead of "
                    + "\(length); restore it, or move it away so that a new key is made and approved", file.path)
        }
        return StationKey(privateKey: key)
    }

    private static func create(path: String) throws(StationKeyError) -> StationKey {
        let key = Curve25519.Signing.PrivateKey()
        let temporary = path + ".new"
        // Left behind by a power cut in mid-write: never used, so never a key.
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StationKeyError("could not be created", temporary, errno) }
        let file = KeyFile(descriptor: descriptor, path: temporary)
        try file.writeThrough(Array(key.rawRepresentation))
        guard rename(temporary, path) == 0 else { throw StationKeyError("could not be put in place", path, errno) }
        try syncFolder(of: path)
        return StationKey(privateKey: key)
    }

    private static func syncFolder(of path: String) throws(StationKeyError) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StationKeyError("has a folder that could not be opened", path, errno) }
        try KeyFile(descriptor: descriptor, path: folder).sync()
    }
}

/// Owns one open file.
private struct KeyFile: ~Copyable {
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
}

/// The station's key cannot be used: one sentence with the file and what to do.
public struct StationKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public var description: String { message }

    init(_ what: String, _ path: String) {
        message = "The station's key file \(path) \(what)."
    }

    init(_ what: String, _ path: String, _ code: Int32) {
        self.init("\(what): \(String(cString: strerror(code)))", path)
    }
}
