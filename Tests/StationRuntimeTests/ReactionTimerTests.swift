import StationPorts
import Synchronization
import Testing
import Vocabulary

@testable import StationRuntime

/// A clock that only the test moves.
final class MovedClock: MonotonicClock, Sendable {
    private let instant = Mutex(Instant.zero)
    var now: Instant { instant.withLock { $0 } }
    func move(to milliseconds: Int64) { instant.withLock { $0 = Instant(nanoseconds: milliseconds * 1_000_000) } }
    func advance(by duration: Duration) { instant.withLock { $0 = $0 + duration } }
}

struct ReactionTimerTests {
    let clock = MovedClock()

    private var evidence: Evidence {
        var evidence = Evidence()
        evidence.mass = .good(Mass(milligrams: 1), at: Instant(nanoseconds: 80_000_000))
        evidence.tag = .failed(.timeout, at: Instant(nanoseconds: 90_000_000))
        return evidence
    }

    @Test func `the reaction runs from the last answer to the first motion, the disk's part apart`() {
        var timer = ReactionTimer(clock: clock)
        clock.move(to: 91)
        timer.evidenceIsComplete(evidence)
        timer.isClassified()
        clock.move(to: 95)
        timer.isStored()
        clock.move(to: 96)
        #expect(timer.energised(.lampGreen) == nil)
        #expect(
            timer.energised(.diverterLeft)
                == ReactionTimer.Reaction(total: .milliseconds(6), disk: .milliseconds(4)))
        #expect(timer.energised(.conveyorForward) == nil)
    }

    @Test func `an item that is handed back has no reaction`() {
        var timer = ReactionTimer(clock: clock)
        timer.evidenceIsComplete(evidence)
        timer.isClassified()
        #expect(timer.energised(.conveyorReverse) == nil)
        timer.isStored()
        #expect(timer.energised(.conveyorForward) == nil)
    }
}
