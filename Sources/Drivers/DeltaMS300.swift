import Modbus
import Vocabulary

/// Delta MS300 drive of the conveyor. Source: the maker's manual; 2001H frequency in 0.01 Hz, 2100H fault (low byte)
/// and warning (high byte). It is started and turned round by its terminals, so the command word 2000H is left alone.
public struct DeltaMS300: DeviceDriver {
    static let frequency = RegisterRange(0x2001, count: 1)
    static let faults = RegisterRange(0x2100, count: 1)

    let speedCentihertz: UInt16

    /// The frequency is looked at with every poll: a drive that lost its supply for a moment has forgotten it.
    private enum Phase: Hashable {
        case readingFrequency, writingFrequency, verifyingFrequency, readingFaults
    }

    private var phase = Phase.readingFrequency

    public init(speedCentihertz: UInt16) {
        self.speedCentihertz = speedCentihertz
    }

    public mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep {
        phase = .readingFrequency
        return .send(.readHolding(Self.frequency))
    }

    public mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep {
        switch (answer, phase) {
        case (.registers(let registers), .readingFrequency) where registers[0] == speedCentihertz:
            return readFaults()
        case (.registers, .readingFrequency):
            phase = .writingFrequency
            return .send(.writeHolding(address: Self.frequency.address, value: speedCentihertz))
        case (.written, .writingFrequency):
            phase = .verifyingFrequency
            return .send(.readHolding(Self.frequency))
        case (.registers(let registers), .verifyingFrequency):
            return registers[0] == speedCentihertz ? readFaults() : .failed(.implausible)
        case (.registers(let registers), .readingFaults):
            return .done(.driveFault(registers[0] & 0xFF), samples(registers[0], at: now))
        // Not what was asked for last: begun anew.
        case (.registers, _), (.bits, _), (.written, _), (.pauseOver, _):
            return begin(.poll, at: now)
        }
    }

    private func samples(_ faults: UInt16, at now: Instant) -> [PointSample] {
        [
            PointSample("frequency", unit: "Hz", .good(.number(Double(speedCentihertz) / 100), at: now)),
            PointSample("fault", .good(.number(Double(faults & 0xFF)), at: now)),
            PointSample("warning", .good(.number(Double(faults >> 8)), at: now)),
        ]
    }

    private mutating func readFaults() -> DriverStep {
        phase = .readingFaults
        return .send(.readHolding(Self.faults))
    }
}
