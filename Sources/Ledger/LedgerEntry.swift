import ClusterAPI
import Crypto
import FoundationEssentials

/// Which ledger this is: chosen once, at its creation, and part of every entry's hash.
public struct LedgerIdentity: Hashable, Sendable {
    /// 32 lower-case hexadecimal digits.
    public var ledger: String
    public var station: String

    public init(ledger: String, station: String) {
        self.ledger = ledger
        self.station = station
    }
}

/// The end of the chain, to which the next entry is linked.
public struct LedgerHead: Hashable, Sendable {
    /// 0 before the first entry.
    public var sequence: Int64
    /// SHA-256 of the entry `sequence`; 32 zero bytes before the first entry.
    public var hash: Data

    static let none = LedgerHead(sequence: 0, hash: Data(repeating: 0, count: 32))

    /// 64 hexadecimal digits.
    public var hashText: String { hexadecimal(hash) }
}

/// One entry as it is stored. `docs/ledger-format.md` describes every field and the hash.
package struct LedgerEntry: Hashable, Sendable {
    static let formatVersion: Int64 = 1

    package var sequence: Int64
    package var bootID: String
    /// Nanoseconds of the boot's monotonic clock.
    package var monotonicNanoseconds: Int64
    package var unixMilliseconds: Int64
    /// 1 if the wall clock was synchronised, else 0: kept as the number that is stored, so that the hash covers it.
    package var clockTrusted: Int64
    package var kind: String
    package var payloadVersion: Int64
    /// Canonical JSON, byte for byte as stored.
    package var payload: Data
    /// SHA-256 of the readings; empty if the entry has none.
    package var readingsDigest: Data
    package var previousHash: Data
    package var hash: Data

    /// What the hash is taken of: every field as a netstring (`length:bytes,`), so that no two entries encode alike.
    func hashedBytes(in identity: LedgerIdentity) -> [UInt8] { withHashedBytes(in: identity) { Array($0) } }

    func computedHash(in identity: LedgerIdentity) -> Data {
        withHashedBytes(in: identity) { bytes in
            var hash = SHA256()
            hash.update(bufferPointer: bytes)
            return Data(hash.finalize())
        }
    }

    private func withHashedBytes<Result>(
        in identity: LedgerIdentity, _ use: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let prefix = "return-station-ledger-entry"
        let texts = [prefix, identity.station, identity.ledger, bootID, kind].reduce(0) { $0 + $1.utf8.count }
        let blobs = payload.count + 2 * readingsDigest.count + 2 * previousHash.count
        return Netstrings.write(fields: 14, numbers: 6, bytes: texts + blobs) { fields in
            fields.add(prefix)
            fields.add(Self.formatVersion)
            fields.add(identity.station)
            fields.add(identity.ledger)
            fields.add(sequence)
            fields.add(bootID)
            fields.add(monotonicNanoseconds)
            fields.add(unixMilliseconds)
            fields.add(clockTrusted)
            fields.add(kind)
            fields.add(payloadVersion)
            fields.add(payload)
            fields.addHexadecimal(readingsDigest)
            fields.addHexadecimal(previousHash)
        } _: {
            use($0)
        }
    }

    package var head: LedgerHead { LedgerHead(sequence: sequence, hash: hash) }
}
