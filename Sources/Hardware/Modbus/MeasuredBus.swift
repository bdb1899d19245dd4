import Drivers
import Logging
import Modbus
import StationConfig
import StationPorts
import Vocabulary

/// A bus with drivers that the caller brings along, and nothing of a station: the benchmarks' way to what `FieldBuses`
/// joins for the daemon.
package final class MeasuredBus: Sendable {
    private let worker: BusWorker

    package init(
        _ bus: BusSettings, devices: [(settings: DeviceSettings, driver: any DeviceDriver)], sink: any EventSink,
        clock: any MonotonicClock, logger: Logger
    ) {
        worker = BusWorker(
            name: bus.id, sink: sink, board: ReadingBoard(), clock: clock, logger: logger,
            makeLink: { LibmodbusLink(bus) },
            makeScheduler: { now in
                let scheduled = devices.map { ScheduledDevice($0.settings, driver: $0.driver, bins: [], at: now) }
                return BusScheduler(BusTiming(bus), devices: scheduled, at: now)
            })
    }

    package func start() { worker.start() }

    package func stop() { worker.stop() }
}

/// A link without a scheduler, for measuring round trips. Blocking.
package final class MeasuredLink {
    private let link: LibmodbusLink
    private let timing: ExchangeTiming

    /// Connects, or throws what the port or the network said.
    package init(_ bus: BusSettings) throws {
        link = LibmodbusLink(bus)
        timing = ExchangeTiming(response: bus.responseTimeout, byte: bus.byteTimeout)
        try link.connect()
    }

    deinit { link.close() }

    /// - Returns: nil if there was no answer, or no right one.
    package func exchange(_ request: ModbusRequest, unit: UInt8) -> ModbusAnswer? {
        try? link.exchange(request, unit: unit, within: timing)
    }
}
