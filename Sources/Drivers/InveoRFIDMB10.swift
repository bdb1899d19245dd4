import Modbus
import Vocabulary

/// Inveo RFID-MB-10 tag reader. Source: the maker's manual; holding registers 1000 to 1004 hold the code of the last
/// tag, coil 1004 is the reading flag. The registers 1008 to 1010 (what its own output does when nobody asks any
/// longer) are left alone, because nothing of the station hangs on that output.
///
/// The flag latches: it says that a tag was read since it was cleared, not that one is there, and while it is set no
/// other tag is taken. A code is therefore believed only if its flag came up after a clearing that was seen to hold;
/// whatever was latched before the item came is thrown away unread. A tag that stays in the field is read again.
public struct InveoRFIDMB10: DeviceDriver {
    static let codeBlock = RegisterRange(1000, count: 5)
    static let readFlag = ModbusRequest.readCoils(BitRange(1004, count: 1))
    static let clearFlag = ModbusRequest.writeCoil(address: 1004, isOn: false)
    /// A tag may be read anew between the clearing and the look at it; a flag that is never seen clear is no evidence.
    static let clearingsLimit = 3
    /// Looks at the flag for one item.
    static let attemptsLimit = 6
    static let attemptInterval: Duration = .milliseconds(80)

    private enum Phase: Hashable {
        case polling
        case clearing(attempt: Int)
        case verifying(attempt: Int)
        case awaiting(attempt: Int)
        case reading(DriverTask)
        /// The code is here; the flag is cleared for the next tag.
        case releasing(DriverTask, code: [UInt16])
    }

    private var phase = Phase.polling

    public init() {}

    public mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep {
        switch task {
        case .poll, .takeReferences:
            phase = .polling
            return .send(Self.readFlag)
        case .measure:
            return clear(attempt: 1)
        }
    }

    public mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep {
        switch (answer, phase) {
        case (.bits(let flag), .polling):
            return flag[0] ? read(.poll) : .done(.alive, [.tag(.noTag, at: now)])
        case (.written, .clearing(let attempt)):
            phase = .verifying(attempt: attempt)
            return .send(Self.readFlag)
        case (.bits(let flag), .verifying(let attempt)):
            return verify(isSet: flag[0], attempt: attempt, at: now)
        case (.pauseOver, .awaiting):
            return .send(Self.readFlag)
        case (.bits(let flag), .awaiting(let attempt)):
            return look(isSet: flag[0], attempt: attempt, at: now)
        case (.registers(let code), .reading(let task)):
            phase = .releasing(task, code: code)
            return .send(Self.clearFlag)
        case (.written, .releasing(let task, let code)):
            return finish(task, code, at: now)
        // No answer to what was asked last.
        case (.registers, _), (.bits, _), (.written, _), (.pauseOver, _):
            return .failed(.badFrame)
        }
    }

    private mutating func clear(attempt: Int) -> DriverStep {
        phase = .clearing(attempt: attempt)
        return .send(Self.clearFlag)
    }

    private mutating func verify(isSet: Bool, attempt: Int, at now: Instant) -> DriverStep {
        guard isSet else {
            phase = .awaiting(attempt: 1)
            return .pause(until: now + Self.attemptInterval)
        }
        guard attempt < Self.clearingsLimit else { return .done(.evidence(.tag(.failed(.implausible, at: now)))) }
        return clear(attempt: attempt + 1)
    }

    private mutating func look(isSet: Bool, attempt: Int, at now: Instant) -> DriverStep {
        if isSet { return read(.measure) }
        guard attempt < Self.attemptsLimit else {
            return .done(.evidence(.tag(.good(.noTag, at: now))), [.tag(.noTag, at: now)])
        }
        phase = .awaiting(attempt: attempt + 1)
        return .pause(until: now + Self.attemptInterval)
    }

    private mutating func read(_ task: DriverTask) -> DriverStep {
        phase = .reading(task)
        return .send(.readHolding(Self.codeBlock))
    }

    private func finish(_ task: DriverTask, _ code: [UInt16], at now: Instant) -> DriverStep {
        let reading: Measured<TagReading> =
            Self.tag(code).map { .good(.tag($0), at: now) } ?? .failed(.implausible, at: now)
        let samples = [
            PointSample("tag", reading.map { $0.pointValue }),
            PointSample("code", .good(.text(Self.written(code)), at: now)),
        ]
        switch task {
        case .poll, .takeReferences: return .done(.alive, samples)
        case .measure: return .done(.evidence(.tag(reading)), samples)
        }
    }

    /// The five registers are ten bytes, the first the highest. The station's tags have numbers of 32 bits: those are
    /// the last four bytes, and the six before them must be 0. A longer code is no tag of ours; cut off, it could be
    /// taken for one. Nil for such a code, and for 0.
    static func tag(_ code: [UInt16]) -> Tag? {
        guard code[..<3].allSatisfy({ $0 == 0 }) else { return nil }
        return Tag(number: doubleWord(code[3], code[4]))
    }

    /// Twenty hexadecimal digits.
    static func written(_ code: [UInt16]) -> String {
        code.map { register in
            let digits = String(register, radix: 16, uppercase: true)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
