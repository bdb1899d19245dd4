import Modbus
import Vocabulary

/// TechnoTrade VRD-485 tag reader. Source: the maker's manual; the tag in its field stands in two registers from
/// 0x0002, high word first, 0 for none.
public struct TechnotradeVRD485: DeviceDriver {
    static let tagBlock = RegisterRange(0x0002, count: 2)
    /// A tag at the edge of the field may be missed once.
    static let attemptsLimit = 3
    static let attemptInterval: Duration = .milliseconds(100)

    private enum Phase: Hashable {
        case polling
        case reading(attempt: Int)
    }

    private var phase = Phase.polling

    public init() {}

    public mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep {
        switch task {
        case .poll, .takeReferences: phase = .polling
        case .measure: phase = .reading(attempt: 1)
        }
        return .send(.readHolding(Self.tagBlock))
    }

    public mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep {
        switch (answer, phase) {
        case (.bits, _), (.written, _), (.pauseOver, _):
            return .send(.readHolding(Self.tagBlock))
        case (.registers(let registers), .polling):
            return .done(.alive, [.tag(Self.decode(registers), at: now)])
        case (.registers(let registers), .reading(let attempt)):
            let reading = Self.decode(registers)
            if reading == .noTag, attempt < Self.attemptsLimit {
                phase = .reading(attempt: attempt + 1)
                return .pause(until: now + Self.attemptInterval)
            }
            return .done(.evidence(.tag(.good(reading, at: now))), [.tag(reading, at: now)])
        }
    }

    static func decode(_ registers: [UInt16]) -> TagReading {
        Tag(number: doubleWord(registers[0], registers[1])).map(TagReading.tag) ?? .noTag
    }
}

extension PointSample {
    /// What a tag reader sees in its field.
    static func tag(_ reading: TagReading, at now: Instant) -> PointSample {
        PointSample("tag", .good(reading.pointValue, at: now))
    }
}

extension TagReading {
    var pointValue: PointValue {
        switch self {
        case .noTag: .nothing
        case .tag(let tag): .number(Double(tag.number))
        }
    }
}
