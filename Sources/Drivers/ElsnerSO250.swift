import Modbus
import Vocabulary

/// Elsner SO250-UI ultrasonic level sensor. Source: the maker's manual; input registers 0 level in per cent, 1 relay
/// bits, 2 error word (0 = ok).
public struct ElsnerSO250: DeviceDriver {
    static let levelBlock = RegisterRange(0, count: 3)

    public init() {}

    public mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep {
        .send(.readInput(Self.levelBlock))
    }

    public mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep {
        switch answer {
        case .registers(let registers):
            let level = Self.decode(registers, at: now)
            return .done(.binLevel(level), [Self.sample(level)])
        case .bits, .written, .pauseOver:
            return .send(.readInput(Self.levelBlock))
        }
    }

    private static func sample(_ level: Measured<Int>) -> PointSample {
        PointSample("level", unit: "%", level.map { .number(Double($0)) })
    }

    static func decode(_ registers: [UInt16], at now: Instant) -> Measured<Int> {
        // An error word is the sensor's way to refuse: the level beside it is worth nothing.
        guard registers[2] == 0 else { return .failed(.refused, at: now) }
        guard registers[0] <= 100 else { return .failed(.implausible, at: now) }
        return .good(Int(registers[0]), at: now)
    }
}
