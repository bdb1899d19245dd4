import SimulatedDisk
import Vocabulary

extension FaultKind {
    /// The next few operations of some kinds fail.
    static let diskError = FaultKind("disk-error", everyPassages: 150) { exploration, random in
        let kinds = SimulatedDisk.Kinds(rawValue: Int32(1 + random.next() % 31))
        exploration.disk.fail(kinds, times: Int64(1 + random.next() % 4))
    }
}
