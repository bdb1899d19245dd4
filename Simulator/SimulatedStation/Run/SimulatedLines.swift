import StationPorts
import Vocabulary

/// The world's lines as the control loop sees them, in virtual time.
///
/// A level is believed when it has not changed for the debounce time, as with real lines.
public final class SimulatedLines: LinePort {
    private struct Line {
        var level: Bool
        /// What was told last; nil: nothing yet.
        var told: Bool?
        var changed: Instant
    }

    private let world: SharedWorld
    private let clock: VirtualClock
    private let debounce: Duration
    private var lines: [Line]

    public init(world: SharedWorld, clock: VirtualClock, debounce: Duration = .milliseconds(5)) {
        self.world = world
        self.clock = clock
        self.debounce = debounce
        let start = clock.now
        lines = world.with { world in
            InputLine.allCases.map { Line(level: world.level(of: $0), told: nil, changed: start) }
        }
    }

    public var pollDescriptors: [Int32] { [] }

    public var nextDeadline: Instant? {
        lines.lazy.filter { $0.told != $0.level }.map { $0.changed.advanced(by: self.debounce) }.min()
    }

    /// Takes note of a change on the wire.
    func note(_ line: InputLine, isActive: Bool, at time: Instant) {
        lines[line.ordinal].level = isActive
        lines[line.ordinal].changed = time
    }

    /// Lets every level be told anew, as to a process that has just begun.
    func forget() {
        for index in lines.indices { lines[index].told = nil }
    }

    /// The wire of the simulation neither bounces nor loses edges.
    public var counters: [InputLine: LineCounters] { [:] }

    public func takeChanges(at now: Instant, ready: ReadyDescriptors) -> [LineChange] {
        var changes: [LineChange] = []
        for line in InputLine.allCases {
            let seen = lines[line.ordinal]
            // The first report does not wait: it says how things are, not that they changed.
            guard seen.told != seen.level, seen.told == nil || seen.changed.advanced(by: debounce) <= now else {
                continue
            }
            lines[line.ordinal].told = seen.level
            changes.append(.level(line, isActive: seen.level))
        }
        return changes
    }

    public func set(_ lines: [OutputLine], isOn: Bool) -> [OutputLine: PortError] {
        let now = clock.now
        world.with { world in
            for line in lines { world.set(line, isOn, at: now) }
        }
        return [:]
    }

    public func makeSafe() {
        let now = clock.now
        world.with { world in
            for line in OutputLine.allCases where line != .heartbeat { world.set(line, false, at: now) }
        }
    }
}
