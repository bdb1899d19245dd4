/// One quantity that a device tells, such as a weight or a level, in the unit that stands beside it.
public enum PointValue: Codable, Hashable, Sendable {
    case number(Double)
    case text(String)
    case flag(Bool)
    /// The device says that there is nothing, such as no tag in its field.
    case nothing
}

/// What one look at a device brought for one of its points.
public struct PointSample: Hashable, Sendable {
    /// Unique within the device.
    public var point: String
    /// Empty for what has none.
    public var unit: String
    public var value: Measured<PointValue>

    public init(_ point: String, unit: String = "", _ value: Measured<PointValue>) {
        self.point = point
        self.unit = unit
        self.value = value
    }
}

/// How far a reading can be trusted.
public enum ReadingQuality: String, CaseIterable, Codable, Hashable, Sendable {
    /// Nothing has been heard yet.
    case missing
    case good
    /// It was good, but is older than it may be.
    case stale
    // The failures of `ReadingFailure`, one by one.
    case implausible, refused, timeout, badFrame, notConnected, unstable

    public init(_ failure: ReadingFailure) {
        switch failure {
        case .implausible: self = .implausible
        case .refused: self = .refused
        case .timeout: self = .timeout
        case .badFrame: self = .badFrame
        case .notConnected: self = .notConnected
        case .unstable: self = .unstable
        }
    }
}

/// What is known of one point: its current state and, apart from it, the last good value.
public struct PointReading: Hashable, Sendable {
    public struct Good: Hashable, Sendable {
        public var value: PointValue
        public var at: Instant
    }

    public let point: String
    public let unit: String
    public private(set) var current: Measured<PointValue>
    public private(set) var lastGood: Good?

    public init(_ sample: PointSample) {
        point = sample.point
        unit = sample.unit
        current = sample.value
        take(sample.value)
    }

    /// A failure replaces the current state, and never the last good value.
    public mutating func take(_ measured: Measured<PointValue>) {
        current = measured
        if case .good(let value, let at) = measured { lastGood = Good(value: value, at: at) }
    }

    /// - Parameter staleAfter: a good value that is older is no longer good.
    public func quality(at now: Instant, staleAfter: Duration) -> ReadingQuality {
        switch current {
        case .missing: .missing
        case .good(_, let at): now - at > staleAfter ? .stale : .good
        case .failed(let failure, at: _): ReadingQuality(failure)
        }
    }

    /// Since the current state was found; nil while nothing was.
    public func age(at now: Instant) -> Duration? {
        switch current {
        case .missing: nil
        case .good(_, let at), .failed(_, let at): now - at
        }
    }
}
