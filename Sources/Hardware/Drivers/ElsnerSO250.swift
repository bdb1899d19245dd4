import Vocabulary

/// Elsner SO250-UI ultrasonic level sensor. Source: the maker's manual; input registers 0 level in per cent, 1 relay
/// bits, 2 error word (0 = ok).
struct ElsnerSO250: DeviceDriver {
    static let levelBlock = RegisterRange(0, count: 3)

    mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep {
        .send(.readInput(Self.levelBlock))
    }

    mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep {
        switch answer {
        case .pauseOver: .send(.readInput(Self.levelBlock))
        case .registers(let registers): .done(.binLevel(Self.decode(registers, at: now)))
        }
    }

    static func decode(_ registers: [UInt16], at now: Instant) -> Measured<Int> {
        // An error word is the sensor's way to refuse: the level beside it is worth nothing.
        guard registers[2] == 0 else { return .failed(.refused, at: now) }
        guard registers[0] <= 100 else { return .failed(.implausible, at: now) }
        return .good(Int(registers[0]), at: now)
    }
}
