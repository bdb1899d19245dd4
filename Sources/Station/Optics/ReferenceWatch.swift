import Vocabulary

/// Follows the white and dark references of a near-infrared head: when they are to be taken anew, and whether they are
/// still good enough for verdicts. A pure value; times are arguments.
///
/// Three things speak: how fast the references moved until now and how long ago they were taken; what tagged items of
/// known material read against what they read before; and how much light is left. All is kept in memory only. After a
/// restart the head is asked for its references at once, and what tagged items read before comes from the ledger.
public struct ReferenceWatch: Hashable, Sendable {
    /// Why verdicts cannot be relied on as usual.
    public enum Cause: String, CaseIterable, Hashable, Sendable {
        /// The head does not take its references, and has drifted too far by now, as far as can be told.
        case stale
        /// Tagged items do not read as they did, and new references did not mend it.
        case knownItems
        /// The head drifts faster than its references can follow.
        case unsteady
        /// White hardly stands above dark.
        case weakSignal
    }

    private enum Schedule: Hashable, Sendable {
        case waiting(until: Instant)
        /// As soon as the chamber is empty.
        case due
        /// The head has been asked.
        case asked
    }

    public let limits: ReferenceLimits
    public private(set) var references: HeadReferences?
    /// Of the references, as a root of the mean square over the bands, per hour.
    public private(set) var driftPerHour: Double
    public private(set) var causes: Set<Cause> = []
    private var schedule = Schedule.due
    /// Since when the references can only have become worse; nil until the first event.
    private var goodSince: Instant?
    /// The references that the head had at the start are of unknown age.
    private var isAgeKnown = false
    /// Why the last attempt failed.
    private var failure: ReadingFailure?
    private var knownItems = KnownItems()

    /// - Parameter knownReadings: of earlier runs, oldest first.
    public init(limits: ReferenceLimits, knownReadings: [KnownReading] = []) {
        self.limits = limits
        driftPerHour = limits.assumedDriftPerHour
        for reading in knownReadings { knownItems.take(reading) }
        knownItems.referencesChanged(by: nil)
    }

    // MARK: What is to be done

    /// The head is to take its references as soon as nobody waits for it.
    public var isDue: Bool { schedule == .due }

    public mutating func wasAsked() { schedule = .asked }

    /// When `proceed` has something to say next.
    public var nextDeadline: Instant? {
        let renewal: Instant? =
            switch schedule {
            case .waiting(let until): until
            case .due, .asked: nil
            }
        guard let staleAt, !causes.contains(.stale) else { return renewal }
        return min(renewal ?? staleAt, staleAt)
    }

    public mutating func proceed(to now: Instant) {
        if goodSince == nil { goodSince = now }
        if case .waiting(let until) = schedule, until <= now { schedule = .due }
        if let staleAt, staleAt <= now { causes.insert(.stale) }
    }

    // MARK: What is told

    /// How far the references are off, judged by their age alone.
    public func expectedError(at now: Instant) -> Double {
        goodSince.map { driftPerHour * $0.hours(to: now) } ?? 0
    }

    /// The error that tagged items show; 0 as long as it may be chance.
    public var knownItemsError: Double { knownItems.error }

    /// The answer to having been asked.
    public mutating func take(_ answer: Measured<HeadReferences>, at now: Instant) {
        switch answer {
        case .good(let references, _):
            renew(references, at: now)
        case .failed(let failure, _):
            self.failure = failure
            schedule = .waiting(until: now + limits.retry)
        case .missing:
            schedule = .waiting(until: now + limits.retry)
        }
        proceed(to: now)
    }

    /// The references that came with a spectrum: the head may have taken new ones although the answer got lost.
    public mutating func see(_ seen: HeadReferences, at now: Instant) {
        proceed(to: now)
        guard let references else {
            references = seen
            return judgeSignal()
        }
        guard references != seen else { return }
        renew(seen, at: now)
        proceed(to: now)
    }

    /// A tagged item was measured.
    public mutating func take(_ reading: KnownReading, at now: Instant) {
        knownItems.take(reading)
        judgeKnownItems(at: now)
    }

    /// - Parameter offset: how much more a known item reflects than its material should, as a logarithm, by band.
    public mutating func take(offset: [Double], of material: Material, at now: Instant) {
        knownItems.take(offset: offset, of: material)
        judgeKnownItems(at: now)
    }

    // MARK: Judging

    private mutating func renew(_ new: HeadReferences, at now: Instant) {
        if let references, let change = BandShape.offset(of: new.ranges, from: references.ranges) {
            learnDrift(change, darkChange: new.darkChange(from: references), at: now)
            knownItems.referencesChanged(by: change)
        }
        references = new
        goodSince = now
        isAgeKnown = true
        failure = nil
        causes.remove(.stale)
        let fastest = limits.leastPeriod.hours * driftPerHour
        if fastest > limits.greatestError { causes.insert(.unsteady) } else { causes.remove(.unsteady) }
        let hours = driftPerHour > 0 ? limits.renewingError / driftPerHour : .infinity
        let renewal = max(limits.leastPeriod, min(limits.period, .seconds(min(hours, Self.hoursLimit) * 3600)))
        schedule = .waiting(until: now + renewal)
        judgeSignal()
        judgeKnownItems(at: now)
    }

    /// Faster is believed at once, slower by and by, and never less than what is assumed of every head.
    private mutating func learnDrift(_ change: [Double], darkChange: Double, at now: Instant) {
        guard isAgeKnown, let goodSince, now - goodSince >= limits.leastPeriod else { return }
        let noise = 2 * limits.repeatability * limits.repeatability
        let moved = max(0, BandShape.meanSquare(change) + darkChange - noise).squareRoot()
        let rate = moved / goodSince.hours(to: now)
        driftPerHour = max(limits.assumedDriftPerHour, rate, (rate + driftPerHour) / 2)
    }

    private mutating func judgeSignal() {
        guard let ranges = references?.ranges else { return }
        let mean = ranges.reduce(0, +) / Double(max(1, ranges.count))
        if mean < limits.leastMeanRangeCounts { causes.insert(.weakSignal) } else { causes.remove(.weakSignal) }
    }

    private mutating func judgeKnownItems(at now: Instant) {
        let error = knownItems.error
        if error > limits.greatestError { causes.insert(.knownItems) }
        if error < limits.renewingError { causes.remove(.knownItems) }
        guard error > limits.renewingError, case .waiting = schedule, failure == nil,
            let goodSince, now - goodSince >= limits.leastPeriod
        else { return }
        schedule = .due
    }

    /// When the fault is due if the head goes on refusing. One that is out of reach is told as a lost device.
    private var staleAt: Instant? {
        switch failure {
        case nil, .timeout, .notConnected: return nil
        case .implausible, .refused, .badFrame, .unstable: break
        }
        guard let goodSince, driftPerHour > 0 else { return nil }
        return goodSince + .seconds(min(limits.greatestError / driftPerHour, Self.hoursLimit) * 3600)
    }

    /// Longer than this is never waited for: a day.
    private static let hoursLimit = 24.0
}

extension HeadReferences {
    /// White above dark, by band, in counts; 0 where white is not above it.
    fileprivate var ranges: [Double] {
        zip(white, dark).map { Double(max(0, Int($0) - Int($1))) }
    }

    /// The mean square over the bands of how much dark moved, as a share of the range.
    fileprivate func darkChange(from other: HeadReferences) -> Double {
        guard dark.count == other.dark.count else { return 0 }
        let shares = dark.indices.map { band in
            (Double(dark[band]) - Double(other.dark[band])) / max(1, ranges[band])
        }
        return BandShape.meanSquare(shares)
    }
}

extension Instant {
    fileprivate func hours(to later: Instant) -> Double { (later - self).hours }
}

extension Duration {
    fileprivate var hours: Double { Double(inNanoseconds) / 3_600_000_000_000 }
}
