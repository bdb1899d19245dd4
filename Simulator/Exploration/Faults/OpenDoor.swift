import SimulatedStation
import Vocabulary

extension FaultKind {
    /// Somebody opens the door, and closes it again.
    static let openDoor = FaultKind("open-door", everyPassages: 80) { exploration, random in
        exploration.inject(
            .door(isOpen: true), thenAfter: random.duration(in: .milliseconds(100)...(.seconds(20))),
            .door(isOpen: false))
    }
}
