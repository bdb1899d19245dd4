import ClusterAPI
import FoundationEssentials

/// How one attempt to report everything ended.
enum DrainEnd: Hashable, Sendable {
    case nothingLeft
    case failed(String, retryAfterSeconds: Int64?)
    case waiting(hindrance: String?)
    case forked(String)

    var state: UplinkState {
        switch self {
        case .nothingLeft: .upToDate
        case .failed(let message, _): .unreachable(lastError: message)
        case .waiting(let hindrance): .waitingForApproval(hindrance: hindrance)
        case .forked(let message): .forked(lastError: message)
        }
    }
}

extension UplinkService {
    /// Reports until nothing is left or something stands in the way. Begins at what is acknowledged, so an attempt
    /// needs nothing of the one before it.
    func drain() async -> DrainEnd {
        do {
            return try await drainLedger()
        } catch let error as TransportError {
            return .failed(error.message, retryAfterSeconds: nil)
        } catch {
            return .failed("A report could not be made from the ledger: \(error)", retryAfterSeconds: nil)
        }
    }

    private func drainLedger() async throws -> DrainEnd {
        var position = try await source.acknowledgedSequence()
        var cutsAgain = 0
        while let report = try await source.cutReport(after: position, entryLimit: Self.entryLimit) {
            let answer = try await transport.post(
                path: "/v1/stations/\(station)/reports", body: report.body,
                signature: try key.signatureHeader(for: report.body))
            switch AnswerRule.step(after: answer, to: report) {
            case .held(let watermark):
                guard try await ledgerReaches(watermark, after: report) else {
                    return .forked(
                        "The cluster holds this ledger up to entry \(watermark), which it has not got: it was "
                            + "restored from an older copy.")
                }
                try await source.acknowledge(upTo: watermark)
                showProgress()
                position = watermark
                cutsAgain = 0
            case .cutAgain(let watermark):
                cutsAgain += 1
                guard cutsAgain <= Self.cutAgainLimit else {
                    return .failed(
                        "The cluster asked for another range \(cutsAgain) times in a row, last for entries after "
                            + "\(watermark).", retryAfterSeconds: nil)
                }
                position = watermark
            case .forked(let message):
                return .forked(message)
            case .notEnrolled:
                return try await enrol()
            case .failed(let message, let retryAfterSeconds):
                return .failed(message, retryAfterSeconds: retryAfterSeconds)
            }
        }
        return .nothingLeft
    }

    /// Whether entry `watermark` exists. A lost answer leaves the cluster ahead of what is acknowledged here, but never
    /// ahead of the ledger itself.
    private func ledgerReaches(_ watermark: Int64, after report: CutReport) async throws -> Bool {
        if watermark == report.to { return true }
        if watermark <= (try await source.acknowledgedSequence()) { return true }
        return try await source.cutReport(after: watermark - 1, entryLimit: 1) != nil
    }

    private func enrol() async throws -> DrainEnd {
        let body = try CanonicalJSON.encode(EnrolmentRequest(station: station, publicKey: key.publicKey))
        let answer = try await transport.post(path: "/v1/enrolments", body: body, signature: nil)
        guard answer.status == 202, let decoded = try? CanonicalJSON.decode(EnrolmentAnswer.self, from: answer.body)
        else {
            return .failed(
                "The cluster answered \(answer.status) to the enrolment of station \(station), expected 202 and its "
                    + "state.", retryAfterSeconds: answer.retryAfterSeconds)
        }
        guard decoded.fingerprint == key.fingerprint else {
            return .waiting(
                hindrance: "The cluster holds another key for station \(station), \(decoded.fingerprint): if the "
                    + "station was replaced, an operator has to refuse that key first.")
        }
        switch decoded.state {
        case .pending, .approved: return .waiting(hindrance: nil)
        case .refused: return .waiting(hindrance: "An operator of the cluster has refused this key.")
        }
    }
}
