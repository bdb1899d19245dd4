import SimulatedStation
import Vocabulary

extension FaultKind {
    /// What the near-infrared head's white gives wanders off quickly, by up to a quarter in a minute and a half.
    static let headDrift = FaultKind("head-drift", everyPassages: 100) { exploration, random in
        exploration.inject(
            .headDrift(permillePerHour: 100 + Int(random.next() % 10_000)),
            thenAfter: random.duration(in: .seconds(5)...(.seconds(90))), .headDrift(permillePerHour: 0))
    }
}
