import Crypto
import FoundationEssentials

/// Ed25519 over the exact body bytes.
public enum ReportSignature {
    private static let prefix = "ed25519="

    public static func header(for body: Data, key: Curve25519.Signing.PrivateKey) throws -> String {
        prefix + (try key.signature(for: body)).base64EncodedString()
    }

    public static func isValid(header: String, body: Data, publicKey: Data) -> Bool {
        guard header.hasPrefix(prefix),
            let signature = Data(base64Encoded: String(header.dropFirst(prefix.count))),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
        else { return false }
        return key.isValidSignature(signature, for: body)
    }

    /// SHA-256 of the raw public key in groups of four hexadecimal digits: what two people compare.
    public static func fingerprint(ofPublicKey publicKey: Data) -> String {
        let digits = hexadecimal(SHA256.hash(data: publicKey))
        return stride(from: 0, to: digits.count, by: 4).map { offset in
            String(digits.dropFirst(offset).prefix(4))
        }.joined(separator: " ")
    }
}
