import SimulatedStation
import Vocabulary

extension FaultKind {
    /// Nothing comes through.
    static let networkOutage = FaultKind("network-outage", everyPassages: 120) { exploration, random in
        exploration.network.weather = .none
        exploration.cure(after: random.duration(in: .seconds(20)...(.seconds(400)))) { $0.network.weather = .usual }
    }
}
