import OperatorAPI
import Uplink

/// What operators see of the uplink, from what it says itself.
extension UplinkStatus {
    /// Nil: no cluster is configured.
    init(_ snapshot: UplinkSnapshot?) {
        guard let snapshot else {
            self.init(state: .off)
            return
        }
        let state: UplinkStatus.State =
            switch snapshot.state {
            case .connecting: .connecting
            case .sending: .sending
            case .upToDate: .upToDate
            case .waitingForApproval: .waitingForApproval
            case .unreachable: .unreachable
            case .forked: .forked
            }
        self.init(state: state, lastError: snapshot.lastError, fingerprint: snapshot.fingerprint)
    }
}

extension KeyReport {
    init(_ snapshot: UplinkSnapshot) {
        self.init(
            fingerprint: snapshot.fingerprint, publicKey: snapshot.publicKey.base64EncodedString(),
            nextFingerprint: snapshot.nextFingerprint, exchangeHindrance: snapshot.exchangeHindrance,
            uplink: UplinkStatus(snapshot))
    }
}
