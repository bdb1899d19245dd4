import Vocabulary

extension FaultKind {
    /// The power of the cluster's machine goes in the middle of counting a report.
    static let clusterPowerCutInWrite = FaultKind("cluster-power-cut-in-write", everyPassages: 100) {
        exploration, random in
        exploration.cluster.disk.goOff(after: Int64(random.next() % 14))
    }
}
