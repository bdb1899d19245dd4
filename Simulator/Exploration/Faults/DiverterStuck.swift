import SimulatedStation
import Vocabulary

extension FaultKind {
    /// The diverter does not move.
    static let diverterStuck = FaultKind("diverter-stuck", everyPassages: 150) { exploration, random in
        exploration.lie(
            .diverterStuck(true), thenAfter: random.duration(in: .seconds(2)...(.seconds(30))), .diverterStuck(false))
    }
}
