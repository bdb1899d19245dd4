import SimulatedStation
import Vocabulary

extension FaultKind {
    /// Letters get lost, doubled and overtake one another.
    static let networkStorm = FaultKind("network-storm", everyPassages: 60) { exploration, random in
        exploration.network.weather = .stormy
        exploration.cure(after: random.duration(in: .seconds(20)...(.seconds(200)))) { $0.network.weather = .usual }
    }
}
