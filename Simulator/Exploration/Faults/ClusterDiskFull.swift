import SimulatedStation
import Vocabulary

extension FaultKind {
    /// The cluster's disk is full.
    static let clusterDiskFull = FaultKind("cluster-disk-full", everyPassages: 200) { exploration, random in
        let disk = exploration.cluster.disk
        disk.capacityBytes = disk.capacityBytes - disk.freeBytes + Int64(random.next() % 20_000)
        exploration.cure(after: random.duration(in: .seconds(10)...(.seconds(120)))) {
            $0.cluster.disk.capacityBytes = Exploration.diskBytes
        }
    }
}
