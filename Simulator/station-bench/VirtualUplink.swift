import ClusterAPI
import ClusterStore
import Crypto
import FoundationEssentials
import Ledger
import Uplink
import Vocabulary

/// The uplink's decisions in virtual time, with a cluster that is there or not.
final class VirtualUplink {
    var isReachable = false
    /// When the machine wants to go on.
    private(set) var wakesAt = Instant.zero
    private(set) var attempts = 0
    private(set) var reports = 0
    private var machine: UplinkMachine
    private let outbox: LedgerOutbox
    private let key: StationKey
    private let store: ClusterStore
    private var random = SystemRandomNumberGenerator()

    /// The station is approved from the beginning.
    init(ledger: LedgerWriter, directory: String, cluster: String) throws {
        outbox = LedgerOutbox(writer: ledger, reader: ledger.reader)
        key = StationKey(privateKey: Curve25519.Signing.PrivateKey())
        machine = UplinkMachine(station: BenchedLedger.station)
        try FileManager.default.createDirectory(atPath: cluster, withIntermediateDirectories: true)
        store = try ClusterStore(directory: cluster)
        _ = try store.enrolNow(EnrolmentRequest(station: BenchedLedger.station, publicKey: key.publicKey), at: 0)
        try store.approveNow(BenchedLedger.station)
    }

    func counted() throws -> (watermark: Int64, units: Int64, massMilligrams: Int64) {
        let counted = try store.countedNow(of: BenchedLedger.station)
        return (counted.watermark, counted.units, counted.massMilligrams)
    }

    /// One attempt, up to the machine's next wait.
    func wakeUp() throws {
        attempts += 1
        var event = UplinkMachine.Event.wokeUp
        while let next = try perform(machine.handle(event, using: &random)) { event = next }
    }

    private func perform(_ step: UplinkMachine.Step) throws -> UplinkMachine.Event? {
        switch step {
        case .readKeys:
            return .keysRead(current: key.fingerprint, next: nil)
        // This station keeps its key.
        case .sendKeyExchange, .adoptNextKey:
            return .keyAdopted
        case .readAcknowledgedSequence:
            return .acknowledgedSequenceRead(try outbox.acknowledgedSequenceNow())
        case .cutReport(let after, let entryLimit):
            return .reportCut(try outbox.cutReportNow(after: after, entryLimit: entryLimit))
        case .lookForEntry(let sequence):
            return .entryLookedFor(isThere: try outbox.holdsEntryNow(sequence))
        case .acknowledge(let sequence):
            try outbox.acknowledgeNow(upTo: sequence)
            return .acknowledged
        case .sendReport(let report):
            guard isReachable else { return .notAnswered("the network is unreachable") }
            reports += 1
            return .answered(try answer(report))
        case .sendEnrolment:
            return .notAnswered("the station is approved already")
        case .wait(let duration):
            wakesAt = wakesAt.advanced(by: duration)
            return nil
        case .waitForNews:
            wakesAt = wakesAt.advanced(by: .seconds(60))
            return nil
        }
    }

    private func answer(_ report: CutReport) throws -> TransportAnswer {
        let answer = try store.answerNow(
            body: report.body, signature: key.signatureHeader(for: report.body), from: BenchedLedger.station, at: 0)
        return TransportAnswer(status: answer.status.httpStatus, body: try CanonicalJSON.encode(answer))
    }
}
