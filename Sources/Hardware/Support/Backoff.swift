/// How long to wait before the next attempt: the first wait doubles with every failure up to the cap, for ever.
struct Backoff: Hashable, Sendable {
    let first: Duration
    let cap: Duration
    private var failures = 0

    /// More doublings than this always exceed the cap; it keeps the arithmetic inside its range.
    private static let doublingsLimit = 20

    init(first: Duration, cap: Duration) {
        self.first = first
        self.cap = cap
    }

    /// Counts a failure and says how long to wait.
    mutating func failed() -> Duration {
        let wait = min(cap, first * (1 << min(failures, Self.doublingsLimit)))
        failures = min(failures + 1, Self.doublingsLimit)
        return wait
    }

    mutating func succeeded() {
        failures = 0
    }
}
