/// The station's key, and how an exchange of it stands.
public struct KeyReport: Codable, Hashable, Sendable {
    /// SHA-256 of the public key in groups of four hexadecimal digits: what two people compare.
    public var fingerprint: String
    /// Base64 of the raw 32 bytes.
    public var publicKey: String
    /// Of the key that will take this one's place; nil while no exchange is under way.
    public var nextFingerprint: String?
    /// Why it has not yet, if the cluster has said so.
    public var exchangeHindrance: String?
    /// What the cluster says; nil if the daemon was not asked.
    public var uplink: UplinkStatus?

    public init(
        fingerprint: String, publicKey: String, nextFingerprint: String? = nil, exchangeHindrance: String? = nil,
        uplink: UplinkStatus? = nil
    ) {
        self.fingerprint = fingerprint
        self.publicKey = publicKey
        self.nextFingerprint = nextFingerprint
        self.exchangeHindrance = exchangeHindrance
        self.uplink = uplink
    }
}

/// Body of `POST /v1/key/exchange`.
public struct KeyExchangeCommand: Codable, Hashable, Sendable {
    /// Who asks for it, for the log.
    public var by: String

    public init(by: String) {
        self.by = by
    }
}
