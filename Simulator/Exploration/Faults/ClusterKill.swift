import Vocabulary

extension FaultKind {
    /// The cluster's daemon is killed.
    static let clusterKill = FaultKind("cluster-kill", everyPassages: 100) { exploration, random in
        guard exploration.cluster.isUp else { return }
        exploration.killCluster()
    }
}
