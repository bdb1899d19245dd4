import SimulatedStation
import Vocabulary

extension FaultKind {
    /// The daemon is killed, and its supervisor starts it again.
    static let processKill = FaultKind("process-kill", everyPassages: 80) { exploration, random in
        exploration.endProcess(restartAfter: random.duration(in: .milliseconds(50)...(.seconds(3))))
    }
}
