import ClusterAPI
import FoundationEssentials

/// What the cluster's answer to a report means for the uplink.
enum ReportStep: Hashable, Sendable {
    /// Everything up to here counts; at least the report's last entry.
    case held(watermark: Int64)
    /// The cluster wants the entries after this one; before the report's last.
    case cutAgain(after: Int64)
    /// The cluster holds another history of this ledger.
    case forked(String)
    case notEnrolled
    /// Anything else: try again later.
    case failed(String, retryAfterSeconds: Int64?)
}

/// An answer is believed only if its status, its body and the report that it answers fit together.
enum AnswerRule {
    static func step(after answer: TransportAnswer, to report: CutReport) -> ReportStep {
        guard let decoded = try? CanonicalJSON.decode(ReportAnswer.self, from: answer.body) else {
            return failed(answer, "something that is no answer to a report")
        }
        switch (answer.status, decoded.status) {
        case (200, .held) where decoded.watermark >= report.to:
            return .held(watermark: decoded.watermark)
        case (409, .gap) where (0..<report.to).contains(decoded.watermark):
            return .cutAgain(after: decoded.watermark)
        case (409, .gap) where decoded.watermark >= report.to:
            return .forked(
                "The cluster asks for entries after \(decoded.watermark), this ledger was reported to \(report.to).")
        case (409, .fork):
            return .forked(decoded.message)
        case (403, .notEnrolled):
            return .notEnrolled
        case (_, .held), (_, .gap), (_, .fork), (_, .notEnrolled), (_, .badSignature), (_, .malformed),
            (_, .busy):
            return failed(answer, "\(decoded.status.rawValue), watermark \(decoded.watermark): \(decoded.message)")
        }
    }

    private static func failed(_ answer: TransportAnswer, _ what: String) -> ReportStep {
        .failed(
            "The cluster answered \(answer.status) with \(what)", retryAfterSeconds: answer.retryAfterSeconds)
    }
}
