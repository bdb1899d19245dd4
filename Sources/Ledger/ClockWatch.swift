import Vocabulary

/// Judges whether the wall clock still goes with the monotonic one, and whether it is trusted. Says so on changes.
///
/// It compares each look with the one before. So a clock that is slewed, a little faster or slower for hours, changes
/// nothing: what counts is what happens between two looks, which are seconds apart.
struct ClockWatch: Sendable {
    /// A difference of at least this between two looks, in milliseconds, is a step. The fastest slewing in use
    /// (chrony's limit, 83 333 millionths) makes 0.42 s of the 5 s between two looks.
    static let stepThresholdMilliseconds: Int64 = 1000

    /// The last look; nil before the first.
    private(set) var last: Stamp?

    /// - Parameter last: the last look of an earlier process of this boot, if there was one.
    init(after last: Stamp? = nil) { self.last = last }

    /// Returns what has changed since the last look; nil if nothing has.
    mutating func look(_ stamp: Stamp) -> ClockRecord? {
        defer { last = stamp }
        guard let last else { return nil }
        let difference = stamp.offsetMilliseconds &- last.offsetMilliseconds
        let isStep = difference.magnitude >= Self.stepThresholdMilliseconds
        guard isStep || stamp.wallTime.isTrusted != last.wallTime.isTrusted else { return nil }
        return ClockRecord(stepMilliseconds: isStep ? difference : 0, isTrusted: stamp.wallTime.isTrusted)
    }
}

extension Stamp {
    /// Between the two clocks: as long as nobody touches the wall clock, it stays the same.
    fileprivate var offsetMilliseconds: Int64 {
        wallTime.unixMilliseconds &- instant.nanoseconds.flooredQuotient(dividingBy: 1_000_000)
    }
}

/// What the writer knows of the clocks. Touched by its thread alone; a value that was used in a transaction that failed
/// is thrown away.
struct ClockState: Sendable {
    var watch = ClockWatch()
    /// When the clocks are looked at although no record comes.
    var nextLook: Instant?
    /// Whether entries of this boot may wait for their true hours.
    var owesHours = false
    /// After a failure, hours are not corrected before.
    var noHoursBefore: Instant?

    /// The moment that hours are corrected from: the last look, if hours are owed and the clock was trusted then.
    func anchor(at now: Instant) -> Stamp? {
        guard owesHours, let last = watch.last, last.wallTime.isTrusted else { return nil }
        if let noHoursBefore, now < noHoursBefore { return nil }
        return last
    }
}
