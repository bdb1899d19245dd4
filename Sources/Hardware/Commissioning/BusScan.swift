import Modbus
import StationConfig
import StationPorts
import Vocabulary

/// Which units are on a bus. A unit is there if it gives any valid answer, also a refusal; silence and garbage are
/// none.
public enum BusScan {
    /// Harmless to every device, and refused by those that have no such register.
    static let question = ModbusRequest.readHolding(RegisterRange(0, count: 1))
    /// Unit ids of devices; 0 is broadcast and 248 to 255 are reserved (Modbus over serial line V1.02, 2.2).
    public static let units: ClosedRange<UInt8> = 1...247
    /// How much longer than usual a unit may take that seems to have answered late.
    static let secondLookFactor = 5

    public enum Presence: String, Codable, Hashable, Sendable {
        case answers
        /// After longer than an answer may take.
        case answersLate
        /// More bytes follow its answers.
        case answersTwice
        /// Something answers, and what it says is no frame of this unit's.
        case badFrames
    }

    public struct Finding: Hashable, Sendable {
        public var unit: UInt8
        public var presence: Presence
    }

    /// The most that asking so many units takes; what answers with garbage takes longer.
    public static func duration(units count: Int, on settings: BusSettings) -> Duration {
        let timing = BusTiming(settings)
        let exchange = timing.exchange(pduByteCount: question.pduByteCount, responseTimeout: nil)
        return (exchange.response + timing.gap) * count
    }

    /// - Parameter progress: called before each unit is asked.
    /// - Throws: if the bus cannot be opened, or goes away and does not come back.
    public static func run(
        on console: BusConsole, units: [UInt8], progress: (_ unit: UInt8, _ found: [Finding]) -> Void
    ) throws(PortError) -> [Finding] {
        try console.open()
        var found: [Finding] = []
        var silentBefore: UInt8?
        for unit in units {
            progress(unit, found)
            let look = try look(at: unit, on: console)
            if look == .onlyFirstBad, let suspect = silentBefore,
                try ask(suspect, on: console, patience: secondLook(on: console)) == .there
            {
                found.append(Finding(unit: suspect, presence: .answersLate))
            }
            silentBefore = nil
            switch look {
            case .silent, .onlyFirstBad: silentBefore = unit
            case .there:
                let presence: Presence = console.hearsMore(after: unit) ? .answersTwice : .answers
                found.append(Finding(unit: unit, presence: presence))
            case .bad: found.append(Finding(unit: unit, presence: .badFrames))
            }
        }
        // Whoever answered while others were being asked.
        for unit in console.lateUnits.sorted() where !found.contains(where: { $0.unit == unit }) {
            found.append(Finding(unit: unit, presence: .answersLate))
        }
        return found.sorted { $0.unit < $1.unit }
    }

    enum Look {
        case silent
        case there
        case bad
        /// A bad frame and then silence: what came first may have been the late answer of the unit before.
        case onlyFirstBad
    }

    private static func look(at unit: UInt8, on console: BusConsole) throws(PortError) -> Look {
        let first = try ask(unit, on: console, patience: .none)
        guard first == .bad else { return first }
        let second = try ask(unit, on: console, patience: .none)
        return second == .silent ? .onlyFirstBad : second
    }

    private static func secondLook(on console: BusConsole) -> BusConsole.Patience {
        BusConsole.Patience(
            afterSilence: 0, afterBadFrame: 0,
            responseTimeout: console.settings.responseTimeout * secondLookFactor)
    }

    /// - Returns: never `onlyFirstBad`, which takes two attempts.
    static func ask(
        _ unit: UInt8, on console: BusConsole, patience: BusConsole.Patience
    ) throws(PortError) -> Look {
        do {
            _ = try console.ask(question, unit: unit, patience: patience)
            return .there
        } catch {
            switch error {
            // A gateway says so of a device that it does not reach.
            case .exception(ModbusException.gatewayTargetSilent), .exception(ModbusException.gatewayPathUnavailable):
                return .silent
            case .exception: return .there
            case .timeout: return .silent
            case .badFrame: return .bad
            case .disconnected:
                // Some devices on TCP close the connection on a unit id that is not theirs.
                try console.open()
                return .silent
            }
        }
    }
}
