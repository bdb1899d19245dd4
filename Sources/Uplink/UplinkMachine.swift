import ClusterAPI
import FoundationEssentials
import Vocabulary

/// The uplink's decisions, without a clock, a network or a disk: each thing that happened gives the one thing to do
/// next. The service performs the steps for a station, the explorer in virtual time.
///
/// Each attempt begins at what is acknowledged, so it needs nothing of the one before it.
package struct UplinkMachine {
    /// What came of the last step.
    package enum Event: Sendable {
        /// The machine was made, or a wait is over.
        case wokeUp
        /// Fingerprints; `next` while an exchange of keys is under way.
        case keysRead(current: String, next: String?)
        /// The next key is the station's, durably.
        case keyAdopted
        case keyFailed(String)
        case acknowledgedSequenceRead(Int64)
        /// Nil: there is nothing after the asked entry.
        case reportCut(CutReport?)
        /// Whether the ledger holds the entry that was looked for.
        case entryLookedFor(isThere: Bool)
        case acknowledged
        case answered(TransportAnswer)
        case notAnswered(String)
        case ledgerFailed(String)
    }

    package enum Step: Sendable {
        case readKeys
        /// Signed by the present key, proved by the next one.
        case sendKeyExchange
        case adoptNextKey
        case readAcknowledgedSequence
        case cutReport(after: Int64, entryLimit: Int)
        case lookForEntry(Int64)
        /// Durably.
        case acknowledge(upTo: Int64)
        case sendReport(CutReport)
        case sendEnrolment
        case wait(Duration)
        /// Until there are new entries or the period is over, and after new entries the coalescing time more.
        case waitForNews
    }

    private enum Phase {
        case resting, readingKeys, readingAcknowledgedSequence, enrolling
        case exchangingKeys(next: String)
        case adopting(next: String)
        case cutting
        case sending(CutReport)
        /// The cluster has it; where the next report begins if the ledger has it, too.
        case lookingForEntry(Int64, thenCutAfter: Int64)
        case acknowledging(Int64)
    }

    /// What an operator sees.
    package private(set) var state = UplinkState.connecting
    /// Why the next key is not the station's yet, if the cluster has said so.
    package private(set) var exchangeHindrance: String?
    private let station: StationID
    /// Of the present key.
    private var fingerprint = ""
    private var batch = BatchSize()
    private var phase = Phase.resting
    private var backoff = Backoff(first: UplinkService.firstBackoff, cap: UplinkService.backoffCap)
    private var approvalBackoff = Backoff(first: UplinkService.firstBackoff, cap: UplinkService.approvalBackoffCap)
    private var acknowledged: Int64 = 0
    private var cutsAgain = 0

    package init(station: StationID) {
        self.station = station
    }

    /// - Parameter generator: for the jitter of the waits.
    package mutating func handle(_ event: Event, using generator: inout some RandomNumberGenerator) -> Step {
        switch event {
        case .wokeUp:
            cutsAgain = 0
            phase = .readingKeys
            return .readKeys
        case .keysRead(let current, let next):
            fingerprint = current
            guard let next else { return report() }
            phase = .exchangingKeys(next: next)
            return .sendKeyExchange
        case .keyAdopted:
            return keyAdopted(&generator)
        case .keyFailed(let message):
            return rest(.failed(message, retryAfterSeconds: nil), &generator)
        case .acknowledgedSequenceRead(let sequence):
            acknowledged = sequence
            return cut(after: sequence)
        case .reportCut(let report?):
            phase = .sending(report)
            return .sendReport(report)
        case .reportCut(nil):
            return rest(.nothingLeft, &generator)
        case .entryLookedFor(let isThere):
            return entryLookedFor(isThere, &generator)
        case .acknowledged:
            return reportAcknowledged(&generator)
        case .answered(let answer):
            return answered(answer, &generator)
        case .notAnswered(let message):
            if case .sending = phase { batch.halve() }
            return rest(.failed(message, retryAfterSeconds: nil), &generator)
        case .ledgerFailed(let message):
            return rest(
                .failed("A report could not be made from the ledger: \(message)", retryAfterSeconds: nil), &generator)
        }
    }

    /// From what is acknowledged.
    private mutating func report() -> Step {
        phase = .readingAcknowledgedSequence
        return .readAcknowledgedSequence
    }

    private mutating func cut(after sequence: Int64) -> Step {
        phase = .cutting
        return .cutReport(after: sequence, entryLimit: batch.entries)
    }

    private mutating func answered(_ answer: TransportAnswer, _ generator: inout some RandomNumberGenerator) -> Step {
        switch phase {
        case .sending(let report): return reportAnswered(answer, report, &generator)
        case .enrolling: return rest(enrolmentAnswered(answer), &generator)
        case .exchangingKeys(let next): return exchangeAnswered(answer, next, &generator)
        // An answer that nobody waits for any more.
        case .resting, .readingKeys, .adopting, .readingAcknowledgedSequence, .cutting, .lookingForEntry,
            .acknowledging:
            return rest(.failed("An answer came that was not asked for.", retryAfterSeconds: nil), &generator)
        }
    }

    private mutating func reportAnswered(
        _ answer: TransportAnswer, _ report: CutReport, _ generator: inout some RandomNumberGenerator
    ) -> Step {
        switch AnswerRule.step(after: answer, to: report) {
        case .held(let watermark):
            // A lost answer leaves the cluster ahead of what is acknowledged here, never ahead of the ledger itself.
            batch.double()
            guard watermark == report.to || watermark <= acknowledged else {
                // That the ledger has an entry of this number does not make it the cluster's: a restored one may have
                // grown to there. Nothing is acknowledged before a report meets the watermark, where hashes decide.
                return lookForEntry(watermark, thenCutAfter: report.to)
            }
            return acknowledge(watermark)
        case .cutAgain(let watermark):
            cutsAgain += 1
            guard cutsAgain <= UplinkService.cutAgainLimit else {
                return rest(
                    .failed(
                        "The cluster asked for another range \(cutsAgain) times in a row, last for entries after "
                            + "\(watermark).", retryAfterSeconds: nil), &generator)
            }
            guard watermark <= acknowledged else { return lookForEntry(watermark, thenCutAfter: watermark) }
            return cut(after: watermark)
        case .forked(let message):
            return rest(.forked(message), &generator)
        case .notEnrolled:
            phase = .enrolling
            return .sendEnrolment
        case .failed(let message, let retryAfterSeconds):
            if BatchSize.isTooMuch(status: answer.status) { batch.halve() }
            return rest(.failed(message, retryAfterSeconds: retryAfterSeconds), &generator)
        }
    }

    /// A ledger that came back from an older copy ends before what the cluster holds of it.
    private mutating func lookForEntry(_ watermark: Int64, thenCutAfter next: Int64) -> Step {
        phase = .lookingForEntry(watermark, thenCutAfter: next)
        return .lookForEntry(watermark)
    }

    private mutating func entryLookedFor(
        _ isThere: Bool, _ generator: inout some RandomNumberGenerator
    ) -> Step {
        guard case .lookingForEntry(let watermark, let next) = phase else { return rest(.nothingLeft, &generator) }
        guard isThere else {
            return rest(
                .forked(
                    "The cluster holds this ledger up to entry \(watermark), which it has not got: it was restored "
                        + "from an older copy."), &generator)
        }
        return cut(after: next)
    }

    private mutating func acknowledge(_ watermark: Int64) -> Step {
        phase = .acknowledging(watermark)
        return .acknowledge(upTo: watermark)
    }

    private mutating func reportAcknowledged(_ generator: inout some RandomNumberGenerator) -> Step {
        guard case .acknowledging(let watermark) = phase else { return rest(.nothingLeft, &generator) }
        acknowledged = max(acknowledged, watermark)
        cutsAgain = 0
        state = .sending
        return cut(after: watermark)
    }

    private mutating func exchangeAnswered(
        _ answer: TransportAnswer, _ next: String, _ generator: inout some RandomNumberGenerator
    ) -> Step {
        switch KeyAnswerRule.step(after: answer, next: next) {
        case .adopt:
            phase = .adopting(next: next)
            return .adoptNextKey
        case .later(let message):
            exchangeHindrance = message
            return report()
        case .failed(let message, let retryAfterSeconds):
            exchangeHindrance = message
            return rest(.failed(message, retryAfterSeconds: retryAfterSeconds), &generator)
        }
    }

    private mutating func keyAdopted(_ generator: inout some RandomNumberGenerator) -> Step {
        guard case .adopting(let next) = phase else { return rest(.nothingLeft, &generator) }
        fingerprint = next
        exchangeHindrance = nil
        return report()
    }

    private func enrolmentAnswered(_ answer: TransportAnswer) -> DrainEnd {
        guard answer.status == 202, let decoded = try? CanonicalJSON.decode(EnrolmentAnswer.self, from: answer.body)
        else {
            return .failed(
                "The cluster answered \(answer.status) to the enrolment of station \(station), expected 202 and its "
                    + "state.", retryAfterSeconds: answer.retryAfterSeconds)
        }
        guard decoded.fingerprint == fingerprint else {
            return .waiting(
                hindrance: "The cluster holds another key for station \(station), \(decoded.fingerprint): if the "
                    + "station was replaced, an operator has to refuse that key first.")
        }
        switch decoded.state {
        case .pending, .approved: return .waiting(hindrance: nil)
        case .refused: return .waiting(hindrance: "An operator of the cluster has refused this key.")
        }
    }

    /// An attempt is over: what is shown, and what is waited for.
    private mutating func rest(_ end: DrainEnd, _ generator: inout some RandomNumberGenerator) -> Step {
        phase = .resting
        state = end.state
        switch end {
        case .nothingLeft:
            backoff.reset()
            approvalBackoff.reset()
            return .waitForNews
        case .failed(_, let retryAfterSeconds):
            let asked = Duration.seconds(min(retryAfterSeconds ?? 0, UplinkService.retryAfterLimitSeconds))
            return .wait(max(backoff.next(using: &generator), asked))
        case .waiting:
            backoff.reset()
            return .wait(approvalBackoff.next(using: &generator))
        case .forked:
            return .wait(UplinkService.forkPause)
        }
    }
}

/// How one attempt to report everything ended.
private enum DrainEnd {
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
