/// How fast characters go over a serial line.
public struct SerialPace: Hashable, Sendable {
    /// Bits per second.
    public let baud: Int
    /// Start bit, eight data bits, parity bit if there is one, stop bits: 10 to 12.
    public let characterBits: Int

    /// The interval does not get shorter above this rate (Modbus over serial line V1.02, 2.5.1.1).
    private static let fixedIntervalBaud = 19200
    private static let fixedInterval = Duration.microseconds(1750)

    /// - Parameters:
    ///   - baud: at least 1.
    ///   - characterBits: 10 to 12.
    public init(baud: Int, characterBits: Int) {
        precondition(
            baud > 0 && (10...12).contains(characterBits), "no serial line has \(baud) baud, \(characterBits) bits")
        self.baud = baud
        self.characterBits = characterBits
    }

    /// What so many characters take.
    public func duration(characters: Int) -> Duration {
        .nanoseconds(Int64(characters) * Int64(characterBits) * 1_000_000_000 / Int64(baud))
    }

    /// The silence between two frames: 3.5 characters, 1.75 ms above 19200 baud.
    public var interval: Duration {
        guard baud <= Self.fixedIntervalBaud else { return Self.fixedInterval }
        return .nanoseconds(Int64(characterBits) * 3_500_000_000 / Int64(baud))
    }
}

/// When a slave on a line answers.
public enum Turnaround: Hashable, Sendable {
    /// With the end of the request, which a slave must not: then only the master keeps the silence, if it does.
    case atOnce
    /// After an interval.
    case afterInterval
}
