import SimulatedStation
import Station
import Vocabulary

extension FaultKind {
    /// The daemon is asked to stop, as for an update.
    static let orderlyStop = FaultKind("orderly-stop", everyPassages: 200) { exploration, random in
        exploration.incarnation?.simulation.mailbox.post(.stopRequested)
    }
}
