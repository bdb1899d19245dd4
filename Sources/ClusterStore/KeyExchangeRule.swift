import ClusterAPI
import FoundationEssentials

enum KeyExchangeDecision: Hashable, Sendable {
    /// The new key takes the place of the one held.
    case exchange
    /// It has taken it before: the answer was lost.
    case alreadyExchanged
    case refused(KeyExchangeAnswer.Status, String)
}

/// The keys of a station change only by the will of both: whatever is lost or repeated on the way, station and cluster
/// end with the same one.
enum KeyExchangeRule {
    /// - Parameters:
    ///   - body: the bytes that `signature`, the header's, is over.
    ///   - held: nil for a station that never introduced itself.
    ///   - former: the station's earlier keys, the newest first.
    static func decide(
        on request: KeyExchangeRequest, body: Data, signature: String, held: Enrolment?, former: [Data]
    ) -> KeyExchangeDecision {
        guard let held, held.state == .approved else {
            return .refused(
                .notEnrolled, "The key of station \(request.station) is not approved, so no other takes its place.")
        }
        guard request.newPublicKey.count == ClusterStore.publicKeyLength else {
            return .refused(
                .malformed,
                "The new public key has \(request.newPublicKey.count) bytes, an Ed25519 key has "
                    + "\(ClusterStore.publicKeyLength).")
        }
        if request.newPublicKey == held.publicKey {
            // Signed by the key before, which counts no more; the new one proves that it took that one's place.
            guard let last = former.first, request.isProved(over: last) else {
                return .refused(
                    .badSignature,
                    "The new key is held for station \(request.station) already, and did not take the former one's "
                        + "place by this request.")
            }
            return .alreadyExchanged
        }
        guard ReportSignature.isValid(header: signature, body: body, publicKey: held.publicKey) else {
            return .refused(
                .badSignature,
                "The signature does not fit the body and the approved key of station \(request.station).")
        }
        guard request.isProved(over: held.publicKey) else {
            return .refused(
                .badSignature, "The new key did not sign that it takes the place of station \(request.station)'s.")
        }
        guard !former.contains(request.newPublicKey) else {
            return .refused(.malformed, "Station \(request.station) had this key before; make a new one.")
        }
        return .exchange
    }
}
