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
        case .readAcknowledgedSequence, .cutReport, .lookForEntry, .acknowledge:
            do {
                return try await performOnLedger(step)
            } catch {
                return .ledgerFailed("\(error)")
            }
        case .sendReport(let report):
            do {
                let signature = try key.signatureHeader(for: report.body)
                return await post("/v1/stations/\(station)/reports", report.body, signature: signature)
            } catch {
                return .ledgerFailed("\(error)")
            }
        case .sendEnrolment:
            do {
                let request = EnrolmentRequest(station: station, publicKey: key.publicKey)
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
            return .entryLookedFor(isThere: try await source.cutReport(after: sequence - 1, entryLimit: 1) != nil)
        case .acknowledge(let sequence):
            try await source.acknowledge(upTo: sequence)
            return .acknowledged
        case .sendReport, .sendEnrolment, .wait, .waitForNews:
            return .wokeUp
        }
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
