/// How long to wait after each failure in a row: doubling from `first` to `cap`, with jitter, so that a fleet that lost
/// its cluster together does not come back together.
public struct Backoff: Hashable, Sendable {
    public let first: Duration
    public let cap: Duration
    private var ceiling: Duration

    /// `first` is positive and at most `cap`.
    public init(first: Duration, cap: Duration) {
        precondition(first > .zero && first <= cap)
        self.first = first
        self.cap = cap
        ceiling = first
    }

    /// Between half and all of the present step; the next step is twice as long.
    public mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let half = ceiling / 2
        let jitterPermille = Int64.random(in: 0...1000, using: &generator)
        ceiling = min(ceiling * 2, cap)
        // In whole numbers: a fraction could round to more than the cap.
        return half + half * jitterPermille / 1000
    }

    /// After a success.
    public mutating func reset() {
        ceiling = first
    }
}
