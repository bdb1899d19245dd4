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
    static let formatVersion = 1

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
    func hashedBytes(in identity: LedgerIdentity) -> [UInt8] {
        var text = CanonicalText(capacity: 768 + payload.count)
        text.appendNetstring("return-station-ledger-entry")
        text.appendNetstring(Self.formatVersion)
        text.appendNetstring(identity.station)
        text.appendNetstring(identity.ledger)
        text.appendNetstring(sequence)
        text.appendNetstring(bootID)
        text.appendNetstring(monotonicNanoseconds)
        text.appendNetstring(unixMilliseconds)
        text.appendNetstring(clockTrusted)
        text.appendNetstring(kind)
        text.appendNetstring(payloadVersion)
        text.appendNetstring(payload)
        text.appendHexadecimalNetstring(readingsDigest)
        text.appendHexadecimalNetstring(previousHash)
        return text.bytes
    }

    func computedHash(in identity: LedgerIdentity) -> Data {
        Data(SHA256.hash(data: hashedBytes(in: identity)))
    }

    package var head: LedgerHead { LedgerHead(sequence: sequence, hash: hash) }
}

/// Each field as `length:bytes,`.
extension CanonicalText {
    fileprivate mutating func appendNetstring(_ text: String) {
        append(text.utf8.count)
        append(":")
        append(text)
        append(",")
    }

    fileprivate mutating func appendNetstring<Number: FixedWidthInteger>(_ number: Number) {
        DecimalDigits.withText(of: Number.self) {
            $0.prepend(number)
        } _: { digits in
            append(digits.count)
            append(":")
            append(contentsOf: digits)
            append(",")
        }
    }

    fileprivate mutating func appendNetstring(_ field: Data) {
        append(field.count)
        append(":")
        append(field)
        append(",")
    }

    fileprivate mutating func appendHexadecimalNetstring(_ data: Data) {
        append(2 * data.count)
        append(":")
        appendHexadecimal(data)
        append(",")
    }
}
