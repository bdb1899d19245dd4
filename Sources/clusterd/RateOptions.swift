import ArgumentParser
import ClusterServer

/// How often may be asked before the answer is 429.
struct RateOptions: ParsableArguments {
    private static let standard = RateLimits()

    @Option(help: "Reports a second of one station.")
    var reportRate = RateOptions.standard.reports.perSecond
    @Option(help: "Reports of one station at once after a pause.")
    var reportBurst = RateOptions.standard.reports.atOnce
    @Option(help: "Enrolments and exchanges of keys a second, of all together; so many unsigned reports, too.")
    var enrolmentRate = RateOptions.standard.enrolments.perSecond
    @Option(help: "The same at once after a pause.")
    var enrolmentBurst = RateOptions.standard.enrolments.atOnce
    @Option(help: "Questions a second, of all together.")
    var questionRate = RateOptions.standard.questions.perSecond
    @Option(help: "Questions at once after a pause.")
    var questionBurst = RateOptions.standard.questions.atOnce

    func validate() throws {
        for number in [reportRate, reportBurst, enrolmentRate, enrolmentBurst, questionRate, questionBurst] {
            guard RequestRate.bounds.contains(number) else {
                throw ValidationError(
                    "A rate or burst of \(number) is not possible; allowed are \(RequestRate.bounds.lowerBound) to "
                        + "\(RequestRate.bounds.upperBound).")
            }
        }
    }

    var limits: RateLimits {
        var limits = RateLimits()
        limits.reports = RequestRate(perSecond: reportRate, atOnce: reportBurst)
        limits.enrolments = RequestRate(perSecond: enrolmentRate, atOnce: enrolmentBurst)
        limits.questions = RequestRate(perSecond: questionRate, atOnce: questionBurst)
        return limits
    }
}
