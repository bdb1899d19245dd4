/// A point on the machine's monotonic clock, in nanoseconds since an arbitrary origin of this boot.
///
/// All intervals are measured on this clock; wall time is only ever recorded beside it, so a clock step can neither
/// fire a timer nor reorder anything.
public struct Instant: InstantProtocol, Codable, Sendable, CustomStringConvertible {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    public static let zero = Instant(nanoseconds: 0)

    public func advanced(by duration: Duration) -> Instant {
        Instant(nanoseconds: nanoseconds + duration.inNanoseconds)
    }

    public func duration(to other: Instant) -> Duration {
        .nanoseconds(other.nanoseconds - nanoseconds)
    }

    public static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    public var description: String { "\(nanoseconds / 1_000_000) ms" }
}

extension Duration {
    /// Whole nanoseconds; every interval of the station fits 64 bits (292 years).
    public var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    public var inMilliseconds: Int64 { inNanoseconds / 1_000_000 }
}

extension Instant {
    public static func + (instant: Instant, duration: Duration) -> Instant { instant.advanced(by: duration) }
    public static func - (later: Instant, earlier: Instant) -> Duration { earlier.duration(to: later) }
}
