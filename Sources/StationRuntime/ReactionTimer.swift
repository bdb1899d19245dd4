import StationPorts
import Vocabulary

/// Measures how long an accepted item waits: from the last evidence to the first motion, with the disk's part apart.
struct ReactionTimer {
    private enum Phase {
        case resting
        case classifying(evidenceAt: Instant)
        case storing(evidenceAt: Instant, since: Instant)
        case stored(evidenceAt: Instant, disk: Duration)
    }

    struct Reaction: Hashable {
        /// From the moment that the last device answered to the first output that moves something.
        var total: Duration
        /// Of this, from handing the acceptance to the ledger to its answer.
        var disk: Duration
    }

    private let clock: any MonotonicClock
    private var phase = Phase.resting

    init(clock: any MonotonicClock) {
        self.clock = clock
    }

    mutating func evidenceIsComplete(_ evidence: Evidence) {
        let times = [evidence.mass.time, evidence.tag.time, evidence.lastSpectrum.time].compactMap(\.self)
        phase = times.max().map { .classifying(evidenceAt: $0) } ?? .resting
    }

    mutating func isClassified() {
        guard case .classifying(let evidenceAt) = phase else { return }
        phase = .storing(evidenceAt: evidenceAt, since: clock.now)
    }

    mutating func isStored() {
        guard case .storing(let evidenceAt, let since) = phase else { return }
        phase = .stored(evidenceAt: evidenceAt, disk: clock.now - since)
    }

    /// The reaction, if this output is the first motion of an accepted item.
    mutating func energised(_ line: OutputLine) -> Reaction? {
        switch line {
        case .conveyorForward, .diverterLeft, .diverterRight:
            guard case .stored(let evidenceAt, let disk) = phase else { return nil }
            phase = .resting
            return Reaction(total: clock.now - evidenceAt, disk: disk)
        // The belt runs backwards: the item was not accepted.
        case .conveyorReverse:
            phase = .resting
            return nil
        case .gate, .lampGreen, .lampRed, .buzzer, .heartbeat:
            return nil
        }
    }
}

extension Measured {
    /// When the device answered, well or not.
    fileprivate var time: Instant? {
        switch self {
        case .missing: nil
        case .good(_, let time), .failed(_, let time): time
        }
    }
}
