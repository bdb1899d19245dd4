import Logging
import Modbus
import StationPorts
import Vocabulary

/// Carries out a scheduler's steps on a link, and says in the log when the bus goes and comes.
struct BusSession {
    private enum Report: Hashable {
        case none
        case up
        case down(PortError)
    }

    private let name: String
    private let logger: Logger
    private var report = Report.none
    /// After a failed exchange the receive buffer may hold the rest of a frame.
    private var isBufferDirty = false

    init(name: String, logger: Logger) {
        self.name = name
        self.logger = logger
    }

    mutating func connect(_ link: any ModbusLink, _ scheduler: inout BusScheduler, _ clock: any MonotonicClock) {
        do {
            try link.connect()
            isBufferDirty = false
            scheduler.connected(at: clock.now)
            say(.up)
        } catch {
            scheduler.connectFailed(at: clock.now)
            say(.down(error))
        }
    }

    mutating func exchange(
        _ request: ModbusRequest, _ unit: UInt8, within timing: ExchangeTiming, _ link: any ModbusLink,
        _ scheduler: inout BusScheduler, _ clock: any MonotonicClock
    ) {
        if isBufferDirty {
            link.flush()
            isBufferDirty = false
        } else if link.hasStrayInput {
            link.flush()
            if scheduler.strayInputSeen(at: clock.now) { return }
        }
        do {
            let answer = try link.exchange(request, unit: unit, within: timing)
            scheduler.exchanged(.success(answer), at: clock.now)
        } catch {
            isBufferDirty = true
            scheduler.exchanged(.failure(error), at: clock.now)
            if case .disconnected(let cause) = error { say(.down(cause)) }
        }
    }

    /// Retries go on for ever; the log gets one line for each change.
    private mutating func say(_ next: Report) {
        guard next != report else { return }
        report = next
        switch next {
        case .none: break
        case .up: logger.info("Bus \(name) is connected.")
        case .down(let cause): logger.error("Bus \(name) is down and is tried again for ever. \(cause)")
        }
    }
}
