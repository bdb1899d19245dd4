import FoundationEssentials
import Vocabulary

/// A station that is approved puts a new key in the place of its own.
///
/// The body travels as exactly the bytes of `CanonicalJSON.encode(request)`, signed in the header by the old key. So
/// both keys agree: the old one that it may be replaced, the new one that it takes this place and no other.
public struct KeyExchangeRequest: Codable, Hashable, Sendable {
    public var station: StationID
    /// Raw Ed25519 public key, 32 bytes (base64 in JSON).
    public var newPublicKey: Data
    /// By the new key over `KeyExchangeProof`, in the form of the signature header.
    public var signature: String

    public init(station: StationID, newPublicKey: Data, signature: String) {
        self.station = station
        self.newPublicKey = newPublicKey
        self.signature = signature
    }

    /// Whether the new key agreed to take the place of this one.
    public func isProved(over oldPublicKey: Data) -> Bool {
        guard let proof = try? KeyExchangeProof(oldPublicKey: oldPublicKey, station: station).bytes else {
            return false
        }
        return ReportSignature.isValid(header: signature, body: proof, publicKey: newPublicKey)
    }
}

/// What the new key signs: whose place it takes.
public struct KeyExchangeProof: Codable, Hashable, Sendable {
    /// Raw Ed25519 public key, 32 bytes (base64 in JSON).
    public var oldPublicKey: Data
    public var station: StationID

    public init(oldPublicKey: Data, station: StationID) {
        self.oldPublicKey = oldPublicKey
        self.station = station
    }

    /// The bytes that are signed.
    public var bytes: Data {
        get throws { try CanonicalJSON.encode(self) }
    }
}

/// The cluster's answer to an exchange of keys.
public struct KeyExchangeAnswer: Codable, Hashable, Sendable {
    public enum Status: String, Codable, Hashable, Sendable {
        /// The cluster holds the new key (now, or already before).
        case exchanged
        /// The station's key is not approved (yet).
        case notEnrolled
        /// A signature does not fit.
        case badSignature
        /// The body is not a valid exchange.
        case malformed
        /// Asked too often: again after the seconds of Retry-After.
        case busy
    }
    public var status: Status
    /// Of the key that the cluster holds now; nil if the keys were not exchanged.
    public var fingerprint: String?
    /// A sentence for the log.
    public var message: String

    public init(status: Status, fingerprint: String? = nil, message: String) {
        self.status = status
        self.fingerprint = fingerprint
        self.message = message
    }
}

extension KeyExchangeAnswer.Status {
    /// With which HTTP status an answer travels.
    public var httpStatus: Int {
        switch self {
        case .exchanged: 200
        case .notEnrolled: 403
        case .badSignature: 401
        case .malformed: 400
        case .busy: 429
        }
    }
}
