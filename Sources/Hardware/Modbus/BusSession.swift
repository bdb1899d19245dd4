import Logging
import Modbus
import SparingLog
import Station
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
    private var log: SparingLogger
    private var report = Report.none
    /// After a failed exchange the receive buffer may hold the rest of a frame.
    private var isBufferDirty = false

    init(name: String, logger: Logger) {
        self.name = name
        log = SparingLogger(logger)
    }

    mutating func connect(_ link: any ModbusLink, _ scheduler: inout BusScheduler, _ clock: any MonotonicClock) {
        do {
            try link.connect()
            isBufferDirty = false
            scheduler.connected(at: clock.now)
            say(.up, at: clock.now)
        } catch {
            scheduler.connectFailed(at: clock.now)
            say(.down(error), at: clock.now)
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
            if case .disconnected(let cause) = error { say(.down(cause), at: clock.now) }
        }
    }

    /// Retries go on for ever; the log gets one line for each change, and few of a bus that flaps.
    private mutating func say(_ next: Report, at now: Instant) {
        guard next != report else { return }
        report = next
        switch next {
        case .none: break
        case .up: log.log(.info, about: subject, "Bus \(name) is connected.", at: now)
        case .down(let cause):
            log.log(.error, about: subject, "Bus \(name) is down and is tried again for ever. \(cause)", at: now)
        }
    }

    private var subject: String { "bus \(name)" }

    /// Says that a device was found or lost.
    mutating func tell(_ event: StationEvent, at now: Instant) {
        switch event {
        case .deviceFound(let device):
            log.log(.info, about: "device \(device)", "Device \(device) on bus \(name) answers.", at: now)
        case .deviceLost(let device, let failure):
            log.log(
                .warning, about: "device \(device)",
                "Device \(device) on bus \(name) does not answer as it should: \(failure.rawValue).", at: now)
        // What devices say is the ledger's to keep, not the log's; a line fails and works with its device.
        case .evidenceArrived, .referencesTaken, .binLevelRead, .driveFaultRead, .lineChanged, .lineFailed, .lineWorked:
            break
        // A bus makes none of these.
        case .classified, .recordStored, .recordFailed, .diskChanged, .commanded, .settingsChanged, .deadlineReached,
            .stopRequested:
            break
        }
    }

    /// To be called in every turn of the bus's loop.
    mutating func tellLeftOut(at now: Instant) { log.tellLeftOut(at: now) }
}
