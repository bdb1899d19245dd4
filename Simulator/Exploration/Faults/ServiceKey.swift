import SimulatedStation
import Vocabulary

extension FaultKind {
    /// A technician turns the service key for a while.
    static let serviceKey = FaultKind("service-key", everyPassages: 200) { exploration, random in
        exploration.inject(
            .serviceKey(isTurned: true), thenAfter: random.duration(in: .seconds(1)...(.seconds(20))),
            .serviceKey(isTurned: false))
    }
}
