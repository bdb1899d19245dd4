import SimulatedStation
import Vocabulary

extension FaultKind {
    /// Somebody drills beside the scale.
    static let scaleNoise = FaultKind("scale-noise", everyPassages: 100) { exploration, random in
        exploration.inject(
            .scaleNoise(factor: Int(2 + random.next() % 60)), thenAfter: .seconds(20), .scaleNoise(factor: 1))
    }
}
