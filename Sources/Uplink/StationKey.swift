import ClusterAPI
import Crypto
import FoundationEssentials
import Glibc
import Vocabulary

/// The station's Ed25519 key, kept as a file of 32 raw bytes that nobody but its owner may read.
public struct StationKey: Sendable {
    /// Of the raw private key, https://www.rfc-editor.org/rfc/rfc8032#section-5.1.5.
    static let length = 32

    /// In the station's state directory.
    public static let fileName = "station.key"

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

    /// What the key signs to take the place of `oldPublicKey` at the cluster.
    public func exchangeRequest(station: StationID, replacing oldPublicKey: Data) throws -> KeyExchangeRequest {
        let proof = try KeyExchangeProof(oldPublicKey: oldPublicKey, station: station).bytes
        return KeyExchangeRequest(
            station: station, newPublicKey: publicKey, signature: try signatureHeader(for: proof))
    }

    /// Reads the key, or makes a new one if there is no file. A new key is on the disk, whole, before this returns.
    ///
    /// Throws if the file is not 32 bytes, may be read or written by others, or cannot be used.
    public static func loadOrCreate(path: String) throws(StationKeyError) -> StationKey {
        if let key = try load(path: path) { return key }
        return try create(path: path)
    }

    /// Nil if there is no such file. Throws as `loadOrCreate` does.
    public static func load(path: String) throws(StationKeyError) -> StationKey? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            guard code == ENOENT else { throw StationKeyError("could not be opened", path, code) }
            return nil
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

    /// Makes a key in a file, whole and on the disk before this returns; what was there under that name is gone.
    static func create(path: String) throws(StationKeyError) -> StationKey {
        let key = Curve25519.Signing.PrivateKey()
        let temporary = path + ".new"
        // Left behind by a power cut in mid-write: never used, so never a key.
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StationKeyError("could not be created", temporary, errno) }
        let file = KeyFile(descriptor: descriptor, path: temporary)
        try file.writeThrough(Array(key.rawRepresentation))
        guard rename(temporary, path) == 0 else { throw StationKeyError("could not be put in place", path, errno) }
        try KeyFile.syncFolder(of: path)
        return StationKey(privateKey: key)
    }
}
