import SimulatedStation
import Vocabulary

extension FaultKind {
    /// The near-infrared head's tile does not move: no references are taken.
    static let tileStuck = FaultKind("tile-stuck", everyPassages: 150) { exploration, random in
        exploration.inject(
            .tileStuck(true), thenAfter: random.duration(in: .seconds(5)...(.seconds(300))), .tileStuck(false))
    }
}
