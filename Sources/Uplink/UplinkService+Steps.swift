import ClusterAPI
import FoundationEssentials

/// Where the machine's steps are carried out.
extension UplinkService {
    /// Throws only when it is cancelled.
    func perform(_ step: UplinkMachine.Step, _ pulse: Pulse) async throws -> UplinkMachine.Event {
        switch step {
        case .wait(let duration):
            try await sleep(duration)
            return .wokeUp
        case .waitForNews:
            try await waitForNews(pulse)
            return .wokeUp
        case .readKeys:
            return .keysRead(current: keys.current.fingerprint, next: keys.next?.fingerprint)
        case .sendKeyExchange, .adoptNextKey:
            do {
                return try await performOnKeys(step)
            } catch {
                return .keyFailed("The station's key could not be exchanged: \(error)")
            }
        case .readAcknowledgedSequence, .cutReport, .lookForEntry, .acknowledge:
            do {
                return try await performOnLedger(step)
            } catch {
                return .ledgerFailed("\(error)")
            }
        case .sendReport(let report):
            do {
                let signature = try keys.current.signatureHeader(for: report.body)
                return await post("/v1/stations/\(station)/reports", report.body, signature: signature)
            } catch {
                return .ledgerFailed("\(error)")
            }
        case .sendEnrolment:
            do {
                let request = EnrolmentRequest(station: station, publicKey: keys.current.publicKey)
                return await post("/v1/enrolments", try CanonicalJSON.encode(request), signature: nil)
            } catch {
                return .ledgerFailed("\(error)")
            }
        }
    }

    private func performOnLedger(_ step: UplinkMachine.Step) async throws -> UplinkMachine.Event {
        switch step {
        case .readAcknowledgedSequence:
            return .acknowledgedSequenceRead(try await source.acknowledgedSequence())
        case .cutReport(let after, let entryLimit):
            return .reportCut(try await source.cutReport(after: after, entryLimit: entryLimit))
        case .lookForEntry(let sequence):
            return .entryLookedFor(isThere: try await source.holdsEntry(sequence))
        case .acknowledge(let sequence):
            try await source.acknowledge(upTo: sequence)
            return .acknowledged
        case .readKeys, .sendKeyExchange, .adoptNextKey, .sendReport, .sendEnrolment, .wait, .waitForNews:
            return .wokeUp
        }
    }

    private func performOnKeys(_ step: UplinkMachine.Step) async throws -> UplinkMachine.Event {
        guard let next = keys.next else { return .wokeUp }
        let current = keys.current
        if case .adoptNextKey = step {
            try await onOwnThread { [keys] in try keys.adoptNext() }
            tellOfNewKey(next.fingerprint, former: current.fingerprint)
            return .keyAdopted
        }
        let request = try next.exchangeRequest(station: station, replacing: current.publicKey)
        let body = try CanonicalJSON.encode(request)
        return await post("/v1/stations/\(station)/key", body, signature: try current.signatureHeader(for: body))
    }

    private func post(_ path: String, _ body: Data, signature: String?) async -> UplinkMachine.Event {
        do {
            return .answered(try await transport.post(path: path, body: body, signature: signature))
        } catch let error as TransportError {
            return .notAnswered(error.message)
        } catch {
            return .notAnswered("\(error)")
        }
    }
}
