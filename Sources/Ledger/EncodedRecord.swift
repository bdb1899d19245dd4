import ClusterAPI
import Crypto
import FoundationEssentials
import Vocabulary

/// A record in the bytes that the ledger keeps of it.
struct EncodedRecord: Hashable, Sendable {
    var kind: LedgerRecordKind
    var payloadVersion: Int64
    var payload: Data
    /// Nil for kinds without raw readings.
    var readings: Data?

    /// Throws if the record is larger than an entry may be.
    init(_ record: LedgerRecord) throws {
        kind = record.kind
        payloadVersion = PayloadV1.version
        payload = try Self.payload(of: record)
        readings = Self.evidence(of: record).map { ReadingsV1($0).canonicalBytes }
        try Self.check("payload", payload, of: kind, limitBytes: LedgerLimits.payloadBytes)
        if let readings { try Self.check("readings", readings, of: kind, limitBytes: LedgerLimits.readingsBytes) }
    }

    var readingsDigest: Data { readings.map { Data(SHA256.hash(data: $0)) } ?? Data() }

    private static func check(_ name: String, _ bytes: Data, of kind: LedgerRecordKind, limitBytes: Int) throws {
        guard bytes.count > limitBytes else { return }
        throw LedgerError(
            .invalidRequest,
            "Storing a record of kind \(kind.rawValue): its \(name) has \(bytes.count) bytes, at most \(limitBytes) "
                + "are kept. Shorten what it holds.")
    }

    private static func evidence(of record: LedgerRecord) -> Evidence? {
        switch record {
        case .accepted(let accepted): accepted.evidence
        case .refused(let refused): refused.evidence
        case .started, .ended, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged,
            .hoursCorrected, .corrected:
            nil
        }
    }

    private static func payload(of record: LedgerRecord) throws -> Data {
        switch record {
        case .started(let started):
            try CanonicalJSON.encode(
                PayloadV1.Started(
                    softwareVersion: started.softwareVersion, catalogueVersion: started.catalogueVersion,
                    configurationDigest: started.configurationDigest))
        case .accepted(let accepted):
            PayloadV1.Accepted(passage: accepted.passage.rawValue, item: .init(accepted.acceptance)).canonicalBytes
        case .ended(let ended):
            PayloadV1.Ended(
                acceptedSequence: ended.acceptedSequence, item: .init(ended.acceptance), outcome: ended.outcome,
                cause: ended.cause
            ).canonicalBytes
        case .refused(let refused):
            PayloadV1.Refused(refused).canonicalBytes
        case .modeChanged(let change):
            try CanonicalJSON.encode(
                PayloadV1.ModeChanged(from: change.from, to: change.to, causes: change.causes))
        case .faultRaised(let fault), .faultCleared(let fault):
            try CanonicalJSON.encode(PayloadV1.FaultChange(code: fault.code, subject: fault.subject))
        case .commanded(let command):
            try CanonicalJSON.encode(PayloadV1.Commanded(command))
        case .stopped(let stopped):
            try CanonicalJSON.encode(PayloadV1.Stopped(drained: stopped.drained))
        case .clockChanged(let change):
            try CanonicalJSON.encode(
                PayloadV1.ClockChanged(stepMilliseconds: change.stepMilliseconds, trusted: change.isTrusted))
        case .hoursCorrected(let hours):
            try CanonicalJSON.encode(PayloadV1.HoursCorrected(hours))
        case .corrected(let correction):
            try CanonicalJSON.encode(PayloadV1.Corrected(correction))
        }
    }
}

extension PayloadV1.Refused {
    init(_ record: RefusalRecord) {
        self.init(
            passage: record.passage.rawValue, reason: record.rejection.reason,
            packagingType: record.rejection.packagingType, material: record.rejection.material,
            confidencePermille: record.rejection.confidencePermille, withdrawn: record.withdrawn,
            massMilligrams: record.massMilligrams)
    }

    func record(_ evidence: Evidence) -> RefusalRecord {
        RefusalRecord(
            passage: PassageID(rawValue: passage),
            rejection: Rejection(
                reason: reason, material: material, packagingType: packagingType,
                confidencePermille: confidencePermille),
            withdrawn: withdrawn, massMilligrams: massMilligrams, evidence: evidence)
    }
}
