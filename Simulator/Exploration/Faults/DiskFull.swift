import SimulatedStation
import Vocabulary

extension FaultKind {
    /// Somebody else fills the disk: a few pages are left, or none.
    static let diskFull = FaultKind("disk-full", everyPassages: 150) { exploration, random in
        let used = exploration.disk.capacityBytes - exploration.disk.freeBytes
        exploration.disk.capacityBytes = used + Int64(random.next() % 65_536)
        exploration.cure(after: random.duration(in: .seconds(10)...(.seconds(60)))) {
            $0.disk.capacityBytes = Exploration.diskBytes
        }
    }
}
