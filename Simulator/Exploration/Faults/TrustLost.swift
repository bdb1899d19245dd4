import SimulatedStation
import Vocabulary

extension FaultKind {
    /// The time service is not heard for a while, and the wall clock goes wrong meanwhile or not.
    static let trustLost = FaultKind("trust-lost", everyPassages: 80) { exploration, random in
        exploration.loseTrust(for: random.duration(in: .seconds(5)...(.seconds(300))))
    }
}
