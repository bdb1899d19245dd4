import SimulatedStation
import Vocabulary

extension FaultKind {
    /// A bin is full; somebody exchanges it later.
    static let fullBin = FaultKind("full-bin", everyPassages: 100) { exploration, random in
        let bins = exploration.materials.intake.bins
        exploration.inject(.binFilled(bins[Int(random.next() % UInt64(bins.count))].id, percent: 97))
    }
}
