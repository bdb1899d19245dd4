/// Civil time as it is recorded beside the monotonic clock.
public struct WallTime: Hashable, Comparable, Codable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public var unixMilliseconds: Int64
    /// False while the system clock is not synchronised: the value is then only an estimate.
    public var isTrusted: Bool

    public init(unixMilliseconds: Int64, isTrusted: Bool) {
        self.unixMilliseconds = unixMilliseconds
        self.isTrusted = isTrusted
    }

    public static func < (left: WallTime, right: WallTime) -> Bool {
        left.unixMilliseconds < right.unixMilliseconds
    }

    /// The hour that totals are kept by: whole hours since 1970-01-01T00:00Z.
    public var unixHour: Int64 { unixMilliseconds.flooredQuotient(dividingBy: 3_600_000) }
}

extension Int64 {
    /// Division that rounds towards minus infinity, so that times before 1970 fall into the right hour.
    public func flooredQuotient(dividingBy divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
