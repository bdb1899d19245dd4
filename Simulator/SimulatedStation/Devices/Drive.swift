import Vocabulary

/// The conveyor drive (Delta MS300): direction by its terminals, speed by its frequency register.
public struct Drive: Hashable, Sendable {
    /// Hundredths of a hertz; a drive that was switched on knows none until it is written.
    public private(set) var frequencyCentihertz: UInt16
    /// Its own fault code; 0 means none, anything else stops the motor.
    var faultCode: UInt8 = 0
    private var command: UInt16 = 0
    /// What the motor turns at, put there by the world.
    var outputCentihertz: UInt16 = 0

    static let maximumCentihertz: UInt16 = 59_900
    /// Bit 1 of 2002H resets a fault.
    static let resetBit: UInt16 = 1 << 1

    init(frequencyCentihertz: UInt16) {
        self.frequencyCentihertz = frequencyCentihertz
    }

    var isHealthy: Bool { faultCode == 0 }

    func read(address: UInt16, count: UInt16) -> RegisterAnswer {
        guard let range = RegisterRange(address: address, count: count, limit: 20) else {
            return .exception(.illegalValue)
        }
        return range.answer { address in
            switch address {
            case 0x2000: command
            case 0x2001: frequencyCentihertz
            case 0x2002: 0
            // Low byte: fault, high byte: warning.
            case 0x2100: UInt16(faultCode)
            case 0x2101: 0
            case 0x2102: frequencyCentihertz
            case 0x2103: outputCentihertz
            default: nil
            }
        }
    }

    mutating func write(address: UInt16, values: [UInt16]) -> RegisterAnswer {
        let first = Int(address)
        guard !values.isEmpty, first >= 0x2000, first + values.count <= 0x2003 else {
            return .exception(.illegalAddress)
        }
        for (offset, value) in values.enumerated() {
            switch first + offset {
            case 0x2000:
                command = value
            case 0x2001:
                guard value <= Self.maximumCentihertz else { return .exception(.illegalValue) }
                frequencyCentihertz = value
            default:
                if value & Self.resetBit != 0 { faultCode = 0 }
            }
        }
        return .values([])
    }
}
