import Logging
import SimulatedStation
import Station
import StationPorts
import StationRuntime
import Vocabulary

/// A whole station in one process and in virtual time: the simulated world, the real control code, and a ledger.
///
/// The same scenario, seed and ledger behaviour give the same run, event by event.
public final class VirtualStation {
    public let simulation: SimulatedRun
    public private(set) var controller: Controller
    private let settings: IntakeSettings
    private let classifier: any Classifier
    private let logger: Logger

    /// The attendant walks back to the screen to give the clear, in virtual time.
    public static let clearingDelay: Duration = .seconds(2)
    /// What the daemon's driver would have written to the drive.
    public static let driveFrequencyCentihertz: UInt16 = 4000

    /// - Parameter makeLedger: gets the sink for completions and the virtual clock that stamps entries.
    public init(
        settings: IntakeSettings, world: WorldSettings, classifier: any Classifier,
        logger: Logger = Logger(label: "virtual", factory: { _ in SwiftLogNoOpLogHandler() }),
        makeLedger: (any EventSink, VirtualClock) throws -> any RecordPort
    ) rethrows {
        var world = world
        world.driveFrequencyCentihertz = Self.driveFrequencyCentihertz
        simulation = SimulatedRun(settings: world, devices: ReferenceStation.devices)
        (self.settings, self.classifier, self.logger) = (settings, classifier, logger)
        controller = Controller(
            settings: settings, lines: simulation.lines, devices: simulation.measuring,
            ledger: try makeLedger(simulation.mailbox, simulation.clock), classifier: classifier,
            clock: simulation.clock, board: SnapshotBoard(), logger: logger)
        simulation.observe = { [mailbox = simulation.mailbox] event in
            // The attendant who took a jammed item out also gives the clear.
            if case .attendantClosedDoor = event.kind {
                mailbox.post(.commanded(.clear, by: "attendant"), at: event.at + Self.clearingDelay)
            }
        }
    }

    /// The daemon is killed and started again at this instant of virtual time, in the same world.
    /// - Parameters:
    ///   - makeLedger: opens the ledger again; it gets what it got at first.
    ///   - leftover: what the ledger's recovery says of the last run; asked after the ledger was opened.
    public func restart(
        leftover: () -> Leftover, makeLedger: (any EventSink, VirtualClock) throws -> any RecordPort
    ) rethrows {
        simulation.restart()
        let ledger = try makeLedger(simulation.mailbox, simulation.clock)
        controller = Controller(
            settings: settings, leftover: leftover(), lines: simulation.lines, devices: simulation.measuring,
            ledger: ledger, classifier: classifier, clock: simulation.clock, board: SnapshotBoard(), logger: logger)
    }

    /// Runs until every item has ended, nothing more can happen, or `limit` of virtual time is reached.
    public func operate(until limit: Instant) -> SimulatedRun.End {
        simulation.run(
            until: limit,
            driving: SimulatedRun.Driver(
                deliver: { [controller] event, now in controller.deliver(event, at: now) },
                nextDeadline: { [controller] in controller.nextDeadline }))
    }

    /// How many items lie in each bin, counted by the world and not by the ledger.
    public var unitsInBins: [BinID: Int] {
        var units: [BinID: Int] = [:]
        for place in simulation.world.with({ $0.whereabouts }) {
            if case .ended(.bin(let bin)) = place { units[bin, default: 0] += 1 }
        }
        return units
    }
}
