import SimulatedStation
import Vocabulary

extension FaultKind {
    /// The lamp of the near-infrared head fails.
    static let lampFailure = FaultKind("lamp-failure", everyPassages: 150) { exploration, random in
        exploration.inject(
            .lampFailed(true), thenAfter: random.duration(in: .seconds(5)...(.seconds(60))), .lampFailed(false))
    }
}
