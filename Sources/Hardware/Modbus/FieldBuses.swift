import Drivers
import Logging
import Station
import StationConfig
import StationPorts
import Vocabulary

/// All Modbus buses of the station. Each has a thread of its own; a bus or device that is missing is reported and
/// looked for again for ever, and neither keeps `start` nor another device waiting.
///
/// Posts `deviceFound` and `deviceLost` for the first known state of each device and every change after it,
/// `binLevelRead` and `driveFaultRead` when they change, one `evidenceArrived` per source asked, one `referencesTaken`
/// each time they are asked for, and of lines that hang on a remote I/O `lineChanged`, `lineFailed` and `lineWorked`.
public final class FieldBuses: MeasuringPort {
    private let workers: [BusWorker]
    private let answering: [EvidenceSource: (worker: BusWorker, device: DeviceID)]
    private let switching: [DeviceID: BusWorker]
    private let sink: any EventSink
    private let board = ReadingBoard()
    private let clock: any MonotonicClock

    /// - Parameter conveyorSpeedCentihertz: the drive's frequency in units of 0.01 Hz.
    public convenience init(
        settings: HardwareSettings, bins: [BinSettings], conveyorSpeedCentihertz: UInt16, sink: any EventSink,
        clock: any MonotonicClock, logger: Logger
    ) {
        self.init(
            settings: settings, bins: bins, conveyorSpeedCentihertz: conveyorSpeedCentihertz, sink: sink, clock: clock,
            logger: logger, makeLink: { LibmodbusLink($0) })
    }

    init(
        settings: HardwareSettings, bins: [BinSettings], conveyorSpeedCentihertz: UInt16, sink: any EventSink,
        clock: any MonotonicClock, logger: Logger, makeLink: @escaping @Sendable (BusSettings) -> any ModbusLink
    ) {
        var workers: [BusWorker] = []
        var answering: [EvidenceSource: (worker: BusWorker, device: DeviceID)] = [:]
        var switching: [DeviceID: BusWorker] = [:]
        for bus in settings.buses {
            let devices = settings.devices.filter { $0.bus == bus.id }
            let worker = BusWorker(
                name: bus.id, sink: sink, board: board, clock: clock, logger: logger, makeLink: { makeLink(bus) },
                makeScheduler: { now in
                    let scheduled = devices.map { device in
                        ScheduledDevice(
                            device,
                            driver: makeDriver(device, conveyorSpeedCentihertz: conveyorSpeedCentihertz),
                            bins: bins.filter { $0.levelSensor == device.id }.map(\.id),
                            lines: RemoteLines(of: device.id, settings.lines), at: now)
                    }
                    return BusScheduler(BusTiming(bus), devices: scheduled, at: now)
                })
            workers.append(worker)
            for device in devices {
                if device.driver.role == .remoteIO { switching[device.id] = worker }
                if case .evidence(let source) = device.driver.role { answering[source] = (worker, device.id) }
            }
        }
        self.workers = workers
        self.answering = answering
        self.switching = switching
        self.sink = sink
        self.clock = clock
    }

    /// Never fails and never waits for a device.
    public func start() {
        for worker in workers { worker.start() }
    }

    /// Switches remote outputs off and returns when all threads have ended, at most one response timeout (or connection
    /// attempt) later, and two more for each remote I/O that does not answer.
    public func stop() {
        for worker in workers { worker.stop() }
    }

    /// Commands one output of a remote I/O. Returns at once; of commands that wait for the bus the newest of each
    /// channel counts.
    /// - Returns: false if the device's bus does not run.
    func command(_ device: DeviceID, channel: Int, isOn: Bool) -> Bool {
        switching[device]?.command(device, channel: channel, isOn: isOn) ?? false
    }

    /// Every device's points as they were read last.
    public var readings: [DeviceID: [PointReading]] { board.current }

    public func measure(_ passage: PassageID, _ sources: Set<EvidenceSource>) {
        for source in sources {
            let isAsked = answering[source].map { $0.worker.ask(passage, $0.device) } ?? false
            if !isAsked { sink.post(.evidenceArrived(passage, .failed(source, .notConnected, at: clock.now))) }
        }
    }

    public func takeReferences() {
        let isAsked = answering[.nirHead].map { $0.worker.takeReferences($0.device) } ?? false
        if !isAsked { sink.post(.referencesTaken(.failed(.notConnected, at: clock.now))) }
    }
}
