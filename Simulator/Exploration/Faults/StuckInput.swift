import SimulatedStation
import Vocabulary

extension FaultKind {
    /// An input shows one level whatever happens: dirt on a lens, a broken wire.
    static let stuckInput = FaultKind("stuck-input", everyPassages: 60) { exploration, random in
        let lines: [InputLine] = [.entryBeam, .exitBeam, .dropBeam, .presence, .metal, .diverterHome]
        let line = lines[Int(random.next() % UInt64(lines.count))]
        exploration.lie(
            .inputStuck(line, isActive: random.next() & 1 == 1),
            thenAfter: random.duration(in: .milliseconds(20)...(.seconds(20))), .inputStuck(line, isActive: nil))
    }
}
