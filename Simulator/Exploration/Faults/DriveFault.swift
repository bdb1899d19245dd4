import SimulatedStation
import Vocabulary

extension FaultKind {
    /// The conveyor's drive reports a fault.
    static let driveFault = FaultKind("drive-fault", everyPassages: 150) { exploration, random in
        exploration.inject(
            .driveFault(code: UInt8(1 + random.next() % 20)),
            thenAfter: random.duration(in: .seconds(2)...(.seconds(30))), .driveFault(code: 0))
    }
}
