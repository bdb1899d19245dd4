import Vocabulary

/// How often something may be asked for: that many times a second for ever, and that many at once after a pause.
public struct RequestRate: Hashable, Sendable {
    public static let bounds = 1...100_000

    /// Within `bounds`.
    public var perSecond: Int
    /// Within `bounds`.
    public var atOnce: Int

    public init(perSecond: Int, atOnce: Int) {
        precondition(Self.bounds.contains(perSecond) && Self.bounds.contains(atOnce))
        self.perSecond = perSecond
        self.atOnce = atOnce
    }

    /// From one request to the next.
    var intervalNanoseconds: Int64 { 1_000_000_000 / Int64(perSecond) }
}

/// What the server takes from whom before it answers 429.
public struct RateLimits: Hashable, Sendable {
    /// Reports of one station whose signature fits. A station that drains a million entries sends a hundred.
    public var reports = RequestRate(perSecond: 20, atOnce: 100)
    /// Enrolments and exchanges of keys, of everybody together; and apart from them, reports whose signature does not
    /// fit.
    public var enrolments = RequestRate(perSecond: 50, atOnce: 200)
    /// Questions (`GET`), of everybody together.
    public var questions = RequestRate(perSecond: 20, atOnce: 100)

    public init() {}
}

/// A bucket that holds `atOnce` tokens and gets `perSecond` new ones. All that has to be remembered is when it will be
/// full again.
struct TokenBucket: Hashable, Sendable {
    private(set) var isFullAt = Instant.zero

    /// Takes a token, or gives how long it will be until there is one.
    mutating func take(_ rate: RequestRate, at now: Instant) -> Duration? {
        let full = max(isFullAt, now)
        let missing = (full - now).inNanoseconds
        let room = rate.intervalNanoseconds * Int64(rate.atOnce - 1)
        guard missing <= room else { return .nanoseconds(missing - room) }
        isFullAt = full + .nanoseconds(rate.intervalNanoseconds)
        return nil
    }
}
