import Vocabulary

@testable import SimulatedStation

/// A world whose outputs the test drives by hand. Contacts do not bounce, so that each edge is where physics puts it.
final class Rig {
    var world: StationWorld
    var log: [WorldEvent] = []

    struct Edge: Hashable, CustomStringConvertible {
        var milliseconds: Int64
        var isActive: Bool
        init(_ milliseconds: Int64, _ isActive: Bool) {
            self.milliseconds = milliseconds
            self.isActive = isActive
        }
        var description: String { "\(milliseconds) ms \(isActive ? "on" : "off")" }
    }

    init(_ items: [SimulatedItem], seed: UInt64 = 1, _ configure: (inout WorldSettings) -> Void = { _ in }) {
        var settings = WorldSettings(seed: seed, bins: ReferenceStation.bins, items: items)
        settings.contactsBounce = false
        settings.driveFrequencyCentihertz = 5000
        settings.bringing = .milliseconds(1000)...(.milliseconds(1000))
        settings.reacting = .milliseconds(700)...(.milliseconds(700))
        configure(&settings)
        world = StationWorld(settings: settings)
    }

    func run(toMilliseconds time: Int64) {
        log += world.advance(to: .milliseconds(time))
    }

    func set(_ line: OutputLine, _ isOn: Bool, atMilliseconds time: Int64) {
        run(toMilliseconds: time)
        world.set(line, isOn, at: .milliseconds(time))
        run(toMilliseconds: time)
    }

    /// The lamp turns green and the gate opens at 0, the item is put in and the gate shuts: all at rest at 5 s.
    func putIn() {
        set(.lampGreen, true, atMilliseconds: 0)
        set(.gate, true, atMilliseconds: 0)
        set(.lampGreen, false, atMilliseconds: 3000)
        set(.gate, false, atMilliseconds: 3000)
        run(toMilliseconds: 5000)
    }

    func read(
        _ device: SimulatedDevice, _ space: RegisterSpace, address: UInt16, count: UInt16, at time: Instant
    ) -> RegisterAnswer {
        world.read(device, space, address: address, count: count, at: time)
    }

    func write(
        _ device: SimulatedDevice, _ space: RegisterSpace = .holding, address: UInt16, values: [UInt16],
        at time: Instant
    ) -> RegisterAnswer {
        world.write(device, space, address: address, values: values, at: time)
    }

    func grossDecigrams(at time: Instant) -> Int32 { world.scale.grossDecigrams(at: time) }

    /// The edges of an input, the time rounded to milliseconds.
    func edges(of line: InputLine, afterMilliseconds start: Int64 = 0) -> [Edge] {
        log.compactMap { event in
            guard case .inputChanged(line, let isActive) = event.kind, event.at.roundedMilliseconds >= start else {
                return nil
            }
            return Edge(event.at.roundedMilliseconds, isActive)
        }
    }

    func time(of kind: WorldEvent.Kind) -> Int64? {
        log.first { $0.kind == kind }?.at.roundedMilliseconds
    }
}

extension Instant {
    static func milliseconds(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000_000) }
    var roundedMilliseconds: Int64 { (nanoseconds + 500_000) / 1_000_000 }
}

extension SimulatedItem {
    static func cup(_ script: ItemScript = .normal, material: Material = .pp, tag: UInt32 = 0) -> SimulatedItem {
        SimulatedItem(
            name: "cup", material: material, lengthMillimetres: 80, massMilligrams: 35_000, tag: Tag(number: tag),
            script: script)
    }
}
