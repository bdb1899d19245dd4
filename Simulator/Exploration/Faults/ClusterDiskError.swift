import SimulatedDisk
import Vocabulary

extension FaultKind {
    /// The next few operations of some kinds fail on the cluster's disk.
    static let clusterDiskError = FaultKind("cluster-disk-error", everyPassages: 150) { exploration, random in
        let kinds = SimulatedDisk.Kinds(rawValue: Int32(1 + random.next() % 31))
        exploration.cluster.disk.fail(kinds, times: Int64(1 + random.next() % 4))
    }
}
