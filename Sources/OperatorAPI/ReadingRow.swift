import Vocabulary

/// What one point of one device says now and, apart from it, what it said last while it could be believed.
public struct ReadingRow: Codable, Hashable, Sendable {
    /// The last value that could be believed, in the row's unit.
    public struct LastGood: Codable, Hashable, Sendable {
        /// Nil for what is no number; a flag is 0 or 1.
        public var value: Double?
        public var text: String
        public var ageMilliseconds: Int64

        public init(value: Double?, text: String, ageMilliseconds: Int64) {
            self.value = value
            self.text = text
            self.ageMilliseconds = ageMilliseconds
        }
    }

    public var device: DeviceID
    /// Empty for a device that has told nothing yet.
    public var point: String
    /// Empty for what has none.
    public var unit: String
    /// Nil unless the quality is good, and for what is no number; a flag is 0 or 1.
    public var value: Double?
    /// The value for a person; nil unless the quality is good.
    public var text: String?
    public var quality: ReadingQuality
    /// Since the value, or the failure, was found; nil while nothing was.
    public var ageMilliseconds: Int64?
    /// Nil if there never was one.
    public var lastGood: LastGood?

    /// - Parameter staleAfter: a good value that is older is no longer good.
    public init(_ device: DeviceID, _ reading: PointReading, at now: Instant, staleAfter: Duration) {
        self.device = device
        point = reading.point
        unit = reading.unit
        quality = reading.quality(at: now, staleAfter: staleAfter)
        ageMilliseconds = reading.age(at: now)?.inMilliseconds
        lastGood = reading.lastGood.map { good in
            LastGood(
                value: good.value.number, text: good.value.text, ageMilliseconds: (now - good.at).inMilliseconds)
        }
        if quality == .good {
            value = lastGood?.value
            text = lastGood?.text
        }
    }

    /// A device that has told nothing yet.
    /// - Parameter failure: why, as far as it is known.
    public init(_ device: DeviceID, nothingYet failure: ReadingFailure?) {
        self.device = device
        point = ""
        unit = ""
        quality = failure.map { ReadingQuality($0) } ?? .missing
    }
}

extension PointValue {
    /// Nil for what is no number; a flag is 0 or 1.
    var number: Double? {
        switch self {
        case .number(let number): number
        case .flag(let isSet): isSet ? 1 : 0
        case .text, .nothing: nil
        }
    }

    /// For a person: whole numbers without a decimal point, others to seven digits, which hides what a scale of 0.1
    /// makes of a count.
    public var text: String {
        switch self {
        case .number(let number):
            if let whole = Int64(exactly: number) {
                "\(whole)"
            } else {
                Float(number).isFinite ? "\(Float(number))" : "\(number)"
            }
        case .text(let text): text
        case .flag(let isSet): isSet ? "yes" : "no"
        case .nothing: "none"
        }
    }
}
