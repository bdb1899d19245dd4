import Vocabulary

/// Keeps a unit that does not answer from taking the bus's time: after a few failures in a row it is only probed, ever
/// more slowly and for ever, and costs the others one of its timeouts per probe.
struct CircuitBreaker: Hashable, Sendable {
    /// A unit that was heard is given up after this many failed tasks in a row.
    static let failuresLimit = 2
    static let probeFirst: Duration = .seconds(1)
    static let probeCap: Duration = .seconds(30)

    enum State: Hashable, Sendable {
        /// Never heard nor missed: the first failure opens it.
        case untried
        case closed(failuresInRow: Int)
        case open(ReadingFailure, probeAt: Instant)
        /// The probe is under way.
        case halfOpen(ReadingFailure)
    }

    private(set) var state = State.untried
    private var backoff = Backoff(first: probeFirst, cap: probeCap)

    /// Why nothing is asked of the unit; nil while it is asked as usual.
    var failure: ReadingFailure? {
        switch state {
        case .untried, .closed: nil
        case .open(let failure, probeAt: _), .halfOpen(let failure): failure
        }
    }

    /// When an open breaker lets a probe through.
    var probeAt: Instant? {
        switch state {
        case .open(_, let probeAt): probeAt
        case .untried, .closed, .halfOpen: nil
        }
    }

    mutating func taskBegan() {
        if case .open(let failure, probeAt: _) = state { state = .halfOpen(failure) }
    }

    /// - Returns: true if the unit was not known to be there before.
    mutating func succeeded() -> Bool {
        backoff.succeeded()
        let isNews: Bool
        switch state {
        case .untried, .open, .halfOpen: isNews = true
        case .closed: isNews = false
        }
        state = .closed(failuresInRow: 0)
        return isNews
    }

    /// - Returns: true if the unit is given up now and was not before.
    mutating func failed(_ failure: ReadingFailure, at now: Instant) -> Bool {
        switch state {
        case .closed(let failures) where failures + 1 < Self.failuresLimit:
            state = .closed(failuresInRow: failures + 1)
            return false
        case .untried, .closed:
            state = .open(failure, probeAt: now + backoff.failed())
            return true
        case .open, .halfOpen:
            state = .open(failure, probeAt: now + backoff.failed())
            return false
        }
    }

    /// The bus went: nothing can be heard of the unit.
    /// - Returns: true if the unit was not given up before.
    mutating func busWent(at now: Instant) -> Bool {
        let isNews = failure == nil
        state = .open(failure ?? .notConnected, probeAt: now)
        return isNews
    }

    /// The bus is back: the unit is tried at once, and as often as one that was just lost.
    mutating func busCame(at now: Instant) {
        backoff.succeeded()
        guard let failure else { return }
        state = .open(failure, probeAt: now)
    }
}
