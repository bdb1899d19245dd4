import Vocabulary

/// Delta MS300 drive of the conveyor. Source: the maker's manual; 2001H frequency in 0.01 Hz, 2100H fault (low byte)
/// and warning (high byte). It is started and turned round by its terminals, so the command word 2000H is left alone.
struct DeltaMS300: DeviceDriver {
    static let frequency = RegisterRange(0x2001, count: 1)
    static let faults = RegisterRange(0x2100, count: 1)

    let speedCentihertz: UInt16

    /// The frequency is looked at with every poll: a drive that lost its supply for a moment has forgotten it.
    private enum Phase: Hashable {
        case readingFrequency, writingFrequency, verifyingFrequency, readingFaults
    }

    private var phase = Phase.readingFrequency

    init(speedCentihertz: UInt16) {
        self.speedCentihertz = speedCentihertz
    }

    mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep {
        phase = .readingFrequency
        return .send(.readHolding(Self.frequency))
    }

    mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep {
        guard case .registers(let registers) = answer else { return begin(.poll, at: now) }
        switch phase {
        case .readingFrequency where registers[0] == speedCentihertz:
            return readFaults()
        case .readingFrequency:
            phase = .writingFrequency
            return .send(.writeHolding(address: Self.frequency.address, value: speedCentihertz))
        case .writingFrequency:
            phase = .verifyingFrequency
            return .send(.readHolding(Self.frequency))
        case .verifyingFrequency:
            return registers[0] == speedCentihertz ? readFaults() : .failed(.implausible)
        case .readingFaults:
            return .done(.driveFault(registers[0] & 0xFF))
        }
    }

    private mutating func readFaults() -> DriverStep {
        phase = .readingFaults
        return .send(.readHolding(Self.faults))
    }
}
