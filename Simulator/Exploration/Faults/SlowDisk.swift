import SimulatedStation
import Vocabulary

extension FaultKind {
    /// The disk takes up to seconds.
    static let slowDisk = FaultKind("slow-disk", everyPassages: 100) { exploration, random in
        exploration.diskSlowness = Int(10 + random.next() % 500)
        exploration.cure(after: random.duration(in: .seconds(5)...(.seconds(30)))) { $0.diskSlowness = 1 }
    }
}
