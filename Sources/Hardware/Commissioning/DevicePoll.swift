import Drivers
import Modbus
import StationConfig
import StationPorts
import Vocabulary

/// What came of polling one device with its own driver.
public enum PollFinding: Hashable, Sendable {
    /// As the driver expects it. No samples: the driver would write next, which a look does not.
    case plausible([PointSample])
    /// The device answers, but not as this device would.
    /// - Parameter withWordsSwapped: what the same answers say with the words of 32-bit values in the other order, if
    ///   that makes them plausible.
    case implausible([PointSample], withWordsSwapped: [PointSample]?)
    case noAnswer(ExchangeFailure)
}

/// One poll by a driver, without anything being written.
struct DevicePoll {
    /// A poll takes fewer exchanges and pauses than this.
    static let stepsLimit = 32
    static let pauseLimit: Duration = .seconds(2)
    /// No quantity on a station is smaller or greater, whatever its unit: a float read in the wrong order mostly is.
    static let measurable = 1e-20...1e20

    private struct Exchange {
        var request: ModbusRequest
        var answer: ModbusAnswer
    }

    private enum End {
        case done([PointSample])
        case failed(ReadingFailure)
        case wouldWrite
        case noAnswer(ExchangeFailure)
    }

    private let makeDriver: () -> any DeviceDriver
    private var exchanges: [Exchange] = []

    init(_ makeDriver: @escaping () -> any DeviceDriver) {
        self.makeDriver = makeDriver
    }

    /// Whether any register that was read is not 0: a device that knows none of its registers may answer so.
    var sawAnything: Bool {
        exchanges.contains { exchange in
            switch exchange.answer {
            case .registers(let registers): registers.contains { $0 != 0 }
            case .bits(let bits): bits.contains(true)
            case .written: false
            }
        }
    }

    mutating func run(unit: UInt8, on console: BusConsole, patience: BusConsole.Patience = .usual) -> PollFinding {
        exchanges = []
        var recorded: [Exchange] = []
        let end = drive(from: console.now) { request throws(ExchangeFailure) in
            let answer = try console.ask(request, unit: unit, patience: patience)
            recorded.append(Exchange(request: request, answer: answer))
            return (answer, console.now)
        } pause: {
            console.wait(until: min($0, console.now + Self.pauseLimit))
        }
        exchanges = recorded
        switch end {
        case .noAnswer(let failure): return .noAnswer(failure)
        case .wouldWrite: return .plausible([])
        case .done(let samples) where isPlausible(samples): return .plausible(samples)
        case .done(let samples): return .implausible(samples, withWordsSwapped: swapped(at: console.now))
        case .failed(.implausible): return .implausible([], withWordsSwapped: swapped(at: console.now))
        // The driver's word for what the device itself refuses or has not ready.
        case .failed: return .plausible([])
        }
    }

    private func drive(
        from start: Instant, exchange: (ModbusRequest) throws(ExchangeFailure) -> (ModbusAnswer, Instant),
        pause: (Instant) -> Void
    ) -> End {
        var driver = makeDriver()
        var now = start
        var step = driver.begin(.poll, at: now)
        for _ in 0..<Self.stepsLimit {
            switch step {
            case .done(_, let samples): return .done(samples)
            case .failed(let failure): return .failed(failure)
            case .pause(let until):
                pause(until)
                now = until
                step = driver.next(.pauseOver, at: now)
            case .send(let request):
                guard !request.isWrite else { return .wouldWrite }
                do {
                    let (answer, at) = try exchange(request)
                    now = at
                    step = driver.next(DriverAnswer(answer), at: now)
                } catch {
                    return .noAnswer(error)
                }
            }
        }
        return .failed(.timeout)
    }

    private func isPlausible(_ samples: [PointSample]) -> Bool {
        let ranges = makeDriver().commissioning.plausible
        return samples.allSatisfy { sample in
            switch sample.value {
            case .failed(.implausible, at: _): false
            case .good(.number(let number), at: _):
                (number == 0 || Self.measurable.contains(abs(number)))
                    && ranges[sample.point]?.contains(number) ?? true
            case .good, .missing, .failed: true
            }
        }
    }

    /// The recorded answers once more, with swapped words; nil if nothing is to be swapped or it makes no sense either.
    private func swapped(at now: Instant) -> [PointSample]? {
        let commissioning = makeDriver().commissioning
        var left = exchanges[...]
        var isChanged = false
        let end = drive(from: now) { request throws(ExchangeFailure) in
            guard let next = left.popFirst(), next.request == request else { throw .timeout }
            guard case .registers(let registers) = next.answer,
                let other = commissioning.withWordsSwapped(registers, of: request)
            else { return (next.answer, now) }
            isChanged = isChanged || other != registers
            return (.registers(other), now)
        } pause: { _ in
        }
        guard case .done(let samples) = end, isChanged, isPlausible(samples) else { return nil }
        return samples
    }
}

/// What an unknown unit may be: the drivers whose poll it answers as hardly another device would.
public enum UnitSignature {
    /// A read of registers that a device has not may cost a timeout: no more than one for each driver.
    static let patience = BusConsole.Patience(afterSilence: 0, afterBadFrame: 1)

    /// Drives are made with a speed, which is never sent: a look writes nothing.
    static let anySpeedCentihertz: UInt16 = 5000

    /// Reads only.
    public static func likely(unit: UInt8, on console: BusConsole) -> [DriverName] {
        DriverName.allCases.filter { name in
            let make = { makeDriver(name, settings: nil, conveyorSpeedCentihertz: anySpeedCentihertz) }
            guard make().commissioning.isDistinctive else { return false }
            var poll = DevicePoll(make)
            guard case .plausible(let samples) = poll.run(unit: unit, on: console, patience: patience) else {
                return false
            }
            return !samples.isEmpty && poll.sawAnything
        }
    }
}
