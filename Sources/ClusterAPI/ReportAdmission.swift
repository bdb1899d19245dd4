import FoundationEssentials
import Vocabulary

/// What the cluster makes of a report's bytes before its store sees anything of them.
public enum ReportAdmission: Sendable {
    /// Answered without the store.
    case refused(ReportAnswer)
    /// Signed by the approved key of the station that it names.
    case admitted(CountReport)

    /// - Parameters:
    ///   - signature: the value of the signature header; empty if there is none.
    ///   - enrolment: of the station that the request names; nil if it is unknown.
    public init(body: Data, signature: String, station: StationID, enrolment: Enrolment?) {
        guard let enrolment, enrolment.state == .approved else {
            self = .answered(.notEnrolled, "The key of station \(station) is not approved.")
            return
        }
        guard ReportSignature.isValid(header: signature, body: body, publicKey: enrolment.publicKey) else {
            self = .answered(
                .badSignature, "The signature does not fit the body and the approved key of station \(station).")
            return
        }
        let report: CountReport
        do {
            report = try CountReport(canonicalBytes: body)
        } catch {
            self = .answered(
                .malformed, "The body is no count report: \(String(describing: error).prefix(300))")
            return
        }
        guard report.station == station else {
            self = .answered(
                .malformed, "The report is of station \(report.station), but was sent as station \(station).")
            return
        }
        self = .admitted(report)
    }

    private static func answered(_ status: ReportAnswer.Status, _ message: String) -> ReportAdmission {
        .refused(ReportAnswer(status: status, watermark: 0, message: message))
    }
}

extension ReportAnswer.Status {
    /// With which HTTP status an answer travels.
    public var httpStatus: Int {
        switch self {
        case .held: 200
        case .gap, .fork: 409
        case .notEnrolled: 403
        case .badSignature: 401
        case .malformed: 400
        case .busy: 429
        }
    }
}
