import SimulatedStation
import Vocabulary

extension FaultKind {
    /// Somebody presses the emergency stop, and unlocks it again.
    static let emergencyStop = FaultKind("emergency-stop", everyPassages: 60) { exploration, random in
        exploration.inject(
            .emergencyStop(isPressed: true), thenAfter: random.duration(in: .milliseconds(100)...(.seconds(20))),
            .emergencyStop(isPressed: false))
    }
}
