import Drivers
import Modbus
import StationConfig
import StationPorts
import Vocabulary

/// The near-infrared head in the hand of a person: measurements and references one by one, by the daemon's own driver.
/// Blocking; used by one thread.
public final class HeadConsole {
    /// Why there is nothing.
    public enum Failure: Error, Hashable, Sendable {
        /// The bus brought no answer, or none that is one.
        case exchange(ExchangeFailure)
        /// The head answered, and the driver makes this of it.
        case reading(ReadingFailure)
    }

    public let device: DeviceSettings
    private let console: BusConsole
    private var driver: any DeviceDriver

    /// A driver gives up by its own clock; only one that never does would come so far.
    static let stepsLimit = 10_000

    /// - Parameter console: of the device's bus.
    public init(_ device: DeviceSettings, on console: BusConsole) {
        (self.device, self.console) = (device, console)
        // A head has no conveyor: nothing is sent that depends on its speed.
        driver = makeDriver(device, conveyorSpeedCentihertz: UnitSignature.anySpeedCentihertz)
    }

    /// Measures what lies before the head.
    public func measure() throws(Failure) -> Spectrum {
        guard case .evidence(.spectrum(let spectrum)) = try run(.measure) else { throw .reading(.implausible) }
        return try value(of: spectrum)
    }

    /// Lets the head take its references: dark with the lamp off, white with its own tile.
    public func takeReferences() throws(Failure) -> HeadReferences {
        guard case .references(let references) = try run(.takeReferences) else { throw .reading(.implausible) }
        return try value(of: references)
    }

    private func value<Value>(of measured: Measured<Value>) throws(Failure) -> Value {
        switch measured {
        case .good(let value, at: _): return value
        case .failed(let failure, at: _): throw .reading(failure)
        case .missing: throw .reading(.implausible)
        }
    }

    private func run(_ task: DriverTask) throws(Failure) -> DriverResult {
        var now = console.now
        var step = driver.begin(task, at: now)
        for _ in 0..<Self.stepsLimit {
            switch step {
            case .done(let result, _): return result
            case .failed(let failure): throw .reading(failure)
            case .pause(let until):
                console.wait(until: until)
                now = console.now
                step = driver.next(.pauseOver, at: now)
            case .send(let request):
                let answer = try ask(request)
                now = console.now
                step = driver.next(DriverAnswer(answer), at: now)
            }
        }
        throw .reading(.timeout)
    }

    private func ask(_ request: ModbusRequest) throws(Failure) -> ModbusAnswer {
        // A command is not repeated after silence: the head may have begun.
        var patience = request.isWrite ? BusConsole.Patience.none : .usual
        patience.responseTimeout = device.responseTimeout
        do {
            return try console.ask(request, unit: device.unit, patience: patience)
        } catch {
            throw .exchange(error)
        }
    }
}
