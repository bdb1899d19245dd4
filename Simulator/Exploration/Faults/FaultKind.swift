import SimulatedStation
import Vocabulary

/// One thing that goes wrong, again and again, at times and in ways that the seed decides.
///
/// A new one is a file beside this with `static let name = FaultKind(…)`, and its line in `all`.
public struct FaultKind: Sendable {
    public let name: String
    /// Passages between two strikes, in the mean.
    let everyPassages: Int
    let strike: @Sendable (Exploration, inout SeededRandom) -> Void

    init(
        _ name: String, everyPassages: Int, strike: @escaping @Sendable (Exploration, inout SeededRandom) -> Void
    ) {
        self.name = name
        self.everyPassages = everyPassages
        self.strike = strike
    }

    public static let all: [FaultKind] = [
        .powerCut, .powerCutInWrite, .processKill, .orderlyStop,
        .diskFull, .diskError, .slowDisk,
        .clockStep, .trustLost, .countedWrongly,
        .networkStorm, .networkOutage, .clusterKill, .clusterPowerCut, .clusterPowerCutInWrite, .clusterDiskFull,
        .clusterDiskError,
        .deadDevice, .scaleNoise, .lampFailure, .headDrift, .tileStuck, .driveFault,
        .stuckInput, .diverterStuck,
        .emergencyStop, .openDoor, .serviceKey, .fullBin,
    ]

    /// How long a passage takes, roughly.
    private static let passage: Duration = .seconds(6)

    /// Between two strikes: evenly distributed, with the mean as named.
    func pause(_ random: inout SeededRandom) -> Duration {
        random.duration(in: .seconds(1)...(Self.passage * (2 * everyPassages)))
    }

    /// A number of its own for each name, so that a fault more or less changes nothing in the others.
    var stream: UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

extension Exploration {
    func scheduleFaults() {
        for kind in FaultKind.all where !settings.without.contains(kind.name) {
            scheduleNext(kind, SeededRandom(seed: settings.seed, stream: kind.stream))
        }
    }

    private func scheduleNext(_ kind: FaultKind, _ random: SeededRandom) {
        var random = random
        schedule(after: kind.pause(&random)) { [random] exploration in
            guard exploration.faultsStrike else { return }
            var random = random
            exploration.strike(kind.name)
            kind.strike(exploration, &random)
            exploration.scheduleNext(kind, random)
        }
    }

    func inject(_ fault: SimulatedFault) {
        let now = now
        world.with { $0.inject(fault, at: now) }
    }

    /// A sensor or the diverter shows what is not so, for a while.
    func lie(_ fault: SimulatedFault, thenAfter delay: Duration, _ end: SimulatedFault) {
        inject(fault)
        lies += 1
        let underWay = world.with { world in
            world.whereabouts.indices.filter { index in
                switch world.whereabouts[index] {
                case .inHand, .onBelt, .falling: true
                case .waiting, .ended: false
                }
            }
        }
        deceived.formUnion(underWay)
        // An item may lie in its bin while its passage is not over: the station still waits for what the sensors say.
        deceived.formUnion(account.open.flatMap(\.items))
        cure(after: delay) { exploration in
            exploration.inject(end)
            exploration.lies -= 1
        }
    }

    /// For a while; then the second.
    func inject(_ fault: SimulatedFault, thenAfter delay: Duration, _ end: SimulatedFault) {
        inject(fault)
        cure(after: delay) { $0.inject(end) }
    }
}
