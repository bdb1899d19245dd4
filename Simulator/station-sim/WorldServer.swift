import Logging
import SimulatedBus
import SimulatedStation
import StationPorts
import Vocabulary

/// One world in real time, with its buses and lines on the wire.
struct WorldServer {
    struct Places {
        var rtuLink: String
        /// Nil: bytes take no time, and nobody waits for them.
        var rtuPace: SerialPace?
        var tcpPort: Int
        var lines: LinePlace
    }

    enum End {
        case over, timeLimit, interrupted
    }

    /// Nothing in the world waits longer than this unseen, whatever the timers say.
    private static let longestWait: Duration = .milliseconds(500)
    /// After the last item the daemon still has this long for its last entries.
    private static let settling: Duration = .seconds(3)

    private let shared: SharedWorld
    private let clock: ScaledClock
    private let wake = WakeSignal()
    private let serialBus: RTUSlaveBus
    private let serialPace: SerialPace?
    private let networkBus: TCPSlaveBus
    private let lines: any LineServing
    private var report: LifeReport

    init(
        settings: WorldSettings, places: Places, timeScale: Double, report: LifeReport, logger: Logger
    ) throws {
        let shared = SharedWorld(StationWorld(settings: settings))
        let clock = ScaledClock(scale: timeScale)
        func units(_ wired: [(unit: UInt8, device: SimulatedDevice)]) -> [UInt8: any SlaveUnit] {
            Dictionary(
                uniqueKeysWithValues: wired.map {
                    ($0.unit, BusAdapter(unit: RegisterUnit($0.device, of: shared, clock: clock)))
                })
        }
        self.shared = shared
        self.clock = clock
        self.report = report
        serialPace = places.rtuPace
        serialBus = try RTUSlaveBus(
            linkPath: places.rtuLink,
            units: units(ReferenceStation.serialUnits(of: settings.equipment)),
            line: RTUSlaveBus.Line(pace: places.rtuPace), logger: logger)
        networkBus = try TCPSlaveBus(
            host: "127.0.0.1", port: places.tcpPort,
            units: units(ReferenceStation.networkUnits(of: settings.equipment)),
            logger: logger)
        let hasRemoteIO = settings.equipment.hasRemoteIO
        let events = report.events
        events?.write(clock.begun.jsonLine(at: .zero))
        lines = try places.lines.open(
            onOutput: { offset, isOn in
                guard let line = ReferenceStation.output(at: offset) else { return }
                // The lamps hang elsewhere then, and nothing on the chip's lines for them.
                if hasRemoteIO, ReferenceStation.remoteOutputs.contains(line) { return }
                let time = clock.now
                shared.with { $0.set(line, isOn, at: time) }
                events?.write(OutputEvent.changed(line, isOn: isOn).jsonLine(at: time))
                WakeSignal.ring()
            },
            onRelease: { events?.write(OutputEvent.released.jsonLine(at: clock.now)) },
            say: self.report.line, logger: logger)
        self.report.line("modbus tcp 127.0.0.1:\(networkBus.port)")
    }

    var world: StationWorld { shared.snapshot }

    /// Runs until the scenario is over, or with `stays` until somebody ends it; the caller's thread does the work.
    func run(timeLimit: Duration?, stays: Bool) throws -> End {
        showAllLevels()
        try serialBus.start()
        networkBus.start()
        lines.start()
        defer {
            lines.stop()
            networkBus.stop()
            serialBus.stop()
            sayLineUse()
        }
        let start = ContinuousClock.now
        var overSince: ContinuousClock.Instant?
        while true {
            let now = clock.now
            let (events, next, isOver) = shared.with { world in
                (world.advance(to: now), world.nextEventTime, world.isOver)
            }
            for event in events { publish(event) }
            if isOver, overSince == nil {
                overSince = .now
                report.line("all items have ended")
            }
            if !stays, let overSince, ContinuousClock.now - overSince >= Self.settling { return .over }
            if let timeLimit, ContinuousClock.now - start >= timeLimit { return isOver ? .over : .timeLimit }
            let wait = next.map { min(Self.longestWait, clock.realDuration(until: $0)) } ?? Self.longestWait
            switch wake.wait(atMost: wait) {
            case .time, .bell: break
            case .lastItem: shared.with { $0.bringNothingMore(at: clock.now) }
            case .stop: return isOver ? .over : .interrupted
            }
        }
    }

    private func sayLineUse() {
        guard let serialPace else { return }
        let silences = serialBus.silences
        report.line(
            "modbus rtu at \(serialPace.baud) baud: \(silences.requests) requests, \(silences.violations) of them "
                + "before 3.5 characters of silence were over")
    }

    private func showAllLevels() {
        let levels = shared.with { world in InputLine.allCases.map { world.level(of: $0) } }
        for (line, level) in zip(InputLine.allCases, levels) {
            lines.setInput(offset: ReferenceStation.offset(of: line), level: level)
        }
    }

    private func publish(_ event: WorldEvent) {
        if case .inputChanged(let line, let isActive) = event.kind {
            lines.setInput(offset: ReferenceStation.offset(of: line), level: isActive)
        }
        report.take(event)
    }
}
