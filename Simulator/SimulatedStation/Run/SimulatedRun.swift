import Station
import StationPorts
import Vocabulary

/// One run in virtual time: moves the clock from event to event and hands each to whoever drives the station.
///
/// The driver acts through `lines` and `measuring` while an event is delivered, and may `mailbox.post` answers of its
/// own, such as the ledger's, for a later time.
public final class SimulatedRun {
    /// The station's core, as far as a run must know it.
    public struct Driver {
        /// Takes one event at its time and performs what follows from it.
        public var deliver: (StationEvent, Instant) -> Void
        /// When `deadlineReached` must be delivered; nil if never.
        public var nextDeadline: () -> Instant?

        public init(
            deliver: @escaping (StationEvent, Instant) -> Void, nextDeadline: @escaping () -> Instant? = { nil }
        ) {
            self.deliver = deliver
            self.nextDeadline = nextDeadline
        }
    }

    public enum End: Hashable, Sendable {
        /// Every item has ended.
        case over
        /// Nothing more would ever happen, and items have not ended.
        case stalled
        case timeLimit
    }

    public let world: SharedWorld
    public let clock: VirtualClock
    public let mailbox: VirtualMailbox
    public let lines: SimulatedLines
    public let measuring: SimulatedMeasuring
    /// Called with everything that happens in the world.
    public var observe: (WorldEvent) -> Void = { _ in }
    private var devices: [(id: DeviceID, device: SimulatedDevice)]
    private let binSensors: [BinSettings]

    /// - Parameter devices: how the station names the devices; each is reported found or lost when the run begins and
    ///   whenever its condition changes. Bins with a level sensor are read then and whenever their level changes.
    public convenience init(
        settings: WorldSettings, devices: [DeviceID: SimulatedDevice] = [:], at start: Instant = .zero
    ) {
        self.init(
            world: SharedWorld(StationWorld(settings: settings, at: start)), bins: settings.bins, devices: devices,
            clock: VirtualClock(at: start))
    }

    /// A station that is started in a world that goes on: nothing that was on its way to the last one arrives.
    public init(
        world: SharedWorld, bins: [BinSettings], devices: [DeviceID: SimulatedDevice], clock: VirtualClock
    ) {
        self.world = world
        self.clock = clock
        mailbox = VirtualMailbox(clock: clock)
        lines = SimulatedLines(world: world, clock: clock)
        measuring = SimulatedMeasuring(world: world, clock: clock, mailbox: mailbox)
        self.devices = devices.map { (id: $0.key, device: $0.value) }.sorted { $0.id < $1.id }
        binSensors = bins.filter { $0.levelSensor != nil }
        reportDevices()
    }

    /// The driving process was killed and another one begins at this instant: the outputs fell with the first, what
    /// was on its way to it is gone, and the second has to be told how things are. The world goes on as it is.
    public func restart() {
        lines.makeSafe()
        measuring.abandon()
        mailbox.empty()
        lines.forget()
        reportDevices()
    }

    /// Runs until all items have ended, nothing more can happen or the time is up.
    ///
    /// When all items have ended, the station still gets `settling` to finish its last passage.
    public func run(
        until limit: Instant, settling: Duration = .seconds(2), driving driver: Driver
    ) -> End {
        begin(driver)
        var overSince: Instant?
        while true {
            if overSince == nil, world.with({ $0.isOver }) { overSince = clock.now }
            if let overSince, clock.now >= overSince.advanced(by: settling) { return .over }
            let next = earliest(nextTime(driver), overSince?.advanced(by: settling))
            guard let next else { return .stalled }
            guard next <= limit else {
                clock.move(to: limit)
                return .timeLimit
            }
            clock.move(to: next)
            step(driver)
        }
    }

    /// Tells the driver the levels of all lines. Called once, before the first step.
    public func begin(_ driver: Driver) { deliverChanges(to: driver) }

    /// When `step` has something to do next; nil if never.
    public func nextTime(_ driver: Driver) -> Instant? {
        var next = earliest(world.with { $0.nextEventTime }, lines.nextDeadline)
        next = earliest(next, mailbox.nextArrival)
        next = earliest(next, measuring.nextDeadline)
        return earliest(next, driver.nextDeadline())
    }

    /// Everything that is due now, the world first: it is the cause of the rest.
    public func step(_ driver: Driver) {
        let now = clock.now
        let happened = world.with { $0.advance(to: now) }
        for event in happened { take(event) }
        deliverChanges(to: driver)
        measuring.proceed(at: now)
        while let event = mailbox.take(at: now) { driver.deliver(event, now) }
        if let deadline = driver.nextDeadline(), deadline <= now { driver.deliver(.deadlineReached, now) }
    }

    private func deliverChanges(to driver: Driver) {
        for change in lines.takeChanges(at: clock.now) {
            switch change {
            case .level(let line, let isActive): driver.deliver(.lineChanged(line, isActive: isActive), clock.now)
            case .failed(let line, _): driver.deliver(.lineFailed(line), clock.now)
            case .worked(let line): driver.deliver(.lineWorked(line), clock.now)
            }
        }
    }

    private func take(_ event: WorldEvent) {
        observe(event)
        switch event.kind {
        case .inputChanged(let line, let isActive): lines.note(line, isActive: isActive, at: event.at)
        case .binLevelChanged(let bin): reportLevel(of: bin)
        case .faultCame(.device(let device, _)): reportDevice(device)
        case .faultCame(.driveFault(let code)): mailbox.post(.driveFaultRead(UInt16(code)))
        case .faultCame, .itemSent, .itemReleased, .itemJammed, .itemLeftBelt, .itemEnded, .attendantOpenedDoor,
            .attendantClosedDoor:
            break
        }
    }

    private func reportDevices() {
        for entry in devices { reportDevice(entry.device) }
        for bin in binSensors { reportLevel(of: bin.id) }
        mailbox.post(.driveFaultRead(UInt16(world.with { $0.driveFaultCode })))
    }

    private func reportDevice(_ device: SimulatedDevice) {
        guard let id = devices.first(where: { $0.device == device })?.id else { return }
        switch world.with({ $0.condition(of: device) }) {
        case .working: mailbox.post(.deviceFound(id))
        case .silent: mailbox.post(.deviceLost(id, .timeout))
        case .busy: mailbox.post(.deviceLost(id, .refused))
        case .badChecksum: mailbox.post(.deviceLost(id, .badFrame))
        }
        if case .binLevel(let bin) = device { reportLevel(of: bin) }
    }

    private func reportLevel(of bin: BinID) {
        guard binSensors.contains(where: { $0.id == bin }) else { return }
        let now = clock.now
        let (condition, level) = world.with { world in
            (world.condition(of: .binLevel(bin)), world.binLevels.first { $0.bin == bin }?.levelPercent ?? 0)
        }
        let reading: Measured<Int> =
            switch condition {
            case .working: .good(level, at: now)
            case .silent: .failed(.timeout, at: now)
            case .busy: .failed(.refused, at: now)
            case .badChecksum: .failed(.badFrame, at: now)
            }
        mailbox.post(.binLevelRead(bin, reading))
    }
}
