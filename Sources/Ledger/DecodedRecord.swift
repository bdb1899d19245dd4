import ClusterAPI
import FoundationEssentials
import Vocabulary

extension LedgerEntry {
    /// The record that this entry holds. `readings` are the entry's raw readings; without them (never taken, pruned, or
    /// not asked for) the record's evidence is empty.
    package func record(readings: Data? = nil) throws(LedgerError) -> LedgerRecord {
        guard let kind = LedgerRecordKind(rawValue: kind), payloadVersion == PayloadV1.version else {
            throw LedgerError(
                .newerFormat,
                "Entry \(sequence) of the ledger holds \(self.kind) in version \(payloadVersion), which this software "
                    + "does not know. Use the version that wrote it, or a newer one.")
        }
        do {
            return try decoded(kind, evidence: readings.map(Self.evidence) ?? Evidence())
        } catch {
            throw LedgerError(
                .damaged, "Entry \(sequence) of the ledger does not hold a record of kind \(kind.rawValue): \(error)")
        }
    }

    private static func evidence(_ readings: Data) throws -> Evidence {
        let decoded = try CanonicalJSON.decode(ReadingsV1.self, from: readings)
        guard decoded.version == 1 else {
            throw LedgerError(.newerFormat, "The readings have version \(decoded.version); version 1 is known.")
        }
        return try decoded.evidence()
    }

    private func decoded(_ kind: LedgerRecordKind, evidence: Evidence) throws -> LedgerRecord {
        switch kind {
        case .started:
            let started = try decode(PayloadV1.Started.self)
            return .started(
                StartRecord(
                    softwareVersion: started.softwareVersion, catalogueVersion: started.catalogueVersion,
                    configurationDigest: started.configurationDigest))
        case .accepted:
            let accepted = try PayloadV1.Accepted(canonical: payload) ?? decode(PayloadV1.Accepted.self)
            return .accepted(
                AcceptanceRecord(
                    passage: PassageID(rawValue: accepted.passage), acceptance: accepted.item.acceptance,
                    evidence: evidence))
        case .ended:
            let ended = try PayloadV1.Ended(canonical: payload) ?? decode(PayloadV1.Ended.self)
            return .ended(
                OutcomeRecord(
                    acceptedSequence: ended.acceptedSequence, acceptance: ended.item.acceptance,
                    outcome: ended.outcome, cause: ended.cause))
        case .refused:
            let refused = try PayloadV1.Refused(canonical: payload) ?? decode(PayloadV1.Refused.self)
            return .refused(refused.record(evidence))
        case .modeChanged:
            let change = try decode(PayloadV1.ModeChanged.self)
            return .modeChanged(ModeRecord(from: change.from, to: change.to, causes: change.causes))
        case .faultRaised: return .faultRaised(try decodeFault())
        case .faultCleared: return .faultCleared(try decodeFault())
        case .commanded:
            guard let record = try decode(PayloadV1.Commanded.self).record else {
                throw LedgerError(.damaged, "a command about a bin names none.")
            }
            return .commanded(record)
        case .stopped:
            return .stopped(StopRecord(drained: try decode(PayloadV1.Stopped.self).drained))
        case .clockChanged:
            let change = try decode(PayloadV1.ClockChanged.self)
            return .clockChanged(ClockRecord(stepMilliseconds: change.stepMilliseconds, isTrusted: change.trusted))
        case .hoursCorrected:
            return .hoursCorrected(try decode(PayloadV1.HoursCorrected.self).record)
        case .corrected:
            guard let record = try decode(PayloadV1.Corrected.self).record else {
                throw LedgerError(.damaged, "a correction says neither what counted nor what counts.")
            }
            return .corrected(record)
        }
    }

    private func decode<Payload: Decodable>(_ type: Payload.Type) throws -> Payload {
        try CanonicalJSON.decode(type, from: payload)
    }

    private func decodeFault() throws -> Fault {
        let fault = try decode(PayloadV1.FaultChange.self)
        return Fault(fault.code, subject: fault.subject)
    }
}
