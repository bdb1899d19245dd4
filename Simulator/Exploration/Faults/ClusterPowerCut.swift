import Vocabulary

extension FaultKind {
    /// The power of the cluster's machine goes.
    static let clusterPowerCut = FaultKind("cluster-power-cut", everyPassages: 100) { exploration, random in
        guard exploration.cluster.isUp else { return }
        exploration.cutClusterPower()
    }
}
