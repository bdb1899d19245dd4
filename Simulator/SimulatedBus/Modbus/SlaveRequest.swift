/// One Modbus request as a slave sees it (Modbus application protocol V1.1b3): decoded here rather than by libmodbus,
/// whose server side answers for one RTU unit only, and so that master and slave do not share a mistake.
enum SlaveRequest: Hashable, Sendable {
    case read(functionCode: UInt8, RegisterTable, address: UInt16, count: UInt16)
    /// `echo` is the part of the request that a right answer repeats.
    case write(functionCode: UInt8, RegisterTable, address: UInt16, values: [UInt16], echo: [UInt8])
    /// Report server id; only few units have it.
    case identify
    /// A function that no unit has, or values that no unit can take: the exception to answer with.
    case invalid(functionCode: UInt8, exception: UInt8)

    static let identifying: UInt8 = 17
    static let illegalFunction: UInt8 = 1
    static let illegalAddress: UInt8 = 2
    static let illegalValue: UInt8 = 3

    /// Limits of one request (sections 6.1 to 6.4, 6.11 and 6.12).
    static let readBitsLimit: UInt16 = 2000
    static let readRegistersLimit: UInt16 = 125
    static let writeBitsLimit: UInt16 = 1968
    static let writeRegistersLimit: UInt16 = 123

    /// How long the protocol data unit that begins with these bytes is.
    /// - Returns: nil if more bytes are needed to tell, or if nobody can tell because the function is unknown.
    static func length(_ pdu: ArraySlice<UInt8>) -> Int? {
        guard let code = pdu.first else { return nil }
        switch code {
        case 1...6: return 5
        case identifying: return 1
        case 15, 16:
            guard pdu.count >= 6 else { return nil }
            return 6 + Int(pdu[pdu.startIndex + 5])
        default: return nil
        }
    }

    /// - Parameter pdu: function code and data; at least one byte.
    init(_ pdu: [UInt8]) {
        let code = pdu[0]
        func word(_ offset: Int) -> UInt16 { UInt16(pdu[offset]) << 8 | UInt16(pdu[offset + 1]) }
        guard Self.isKnown(code) else {
            self = .invalid(functionCode: code, exception: Self.illegalFunction)
            return
        }
        guard code != Self.identifying else {
            self = pdu.count == 1 ? .identify : .invalid(functionCode: code, exception: Self.illegalValue)
            return
        }
        guard pdu.count >= 5, Self.length(pdu[...]) == pdu.count else {
            self = .invalid(functionCode: code, exception: Self.illegalValue)
            return
        }
        switch code {
        case 1: self = Self.reading(code, .coils, word(1), word(3), limit: Self.readBitsLimit)
        case 2: self = Self.reading(code, .discreteInputs, word(1), word(3), limit: Self.readBitsLimit)
        case 3: self = Self.reading(code, .holdingRegisters, word(1), word(3), limit: Self.readRegistersLimit)
        case 4: self = Self.reading(code, .inputRegisters, word(1), word(3), limit: Self.readRegistersLimit)
        case 5: self = Self.writingCoil(pdu, address: word(1), word(3))
        case 6:
            self = .write(
                functionCode: code, .holdingRegisters, address: word(1), values: [word(3)], echo: Array(pdu[1...4]))
        default: self = Self.writingMany(code, pdu, address: word(1), count: word(3))
        }
    }

    private static func isKnown(_ code: UInt8) -> Bool {
        (1...6).contains(code) || [15, 16, identifying].contains(code)
    }

    private static func isWithinTable(_ address: UInt16, _ count: UInt16) -> Bool {
        Int(address) + Int(count) <= 65_536
    }

    private static func reading(
        _ code: UInt8, _ table: RegisterTable, _ address: UInt16, _ count: UInt16, limit: UInt16
    ) -> SlaveRequest {
        guard (1...limit).contains(count) else { return .invalid(functionCode: code, exception: illegalValue) }
        guard isWithinTable(address, count) else { return .invalid(functionCode: code, exception: illegalAddress) }
        return .read(functionCode: code, table, address: address, count: count)
    }

    /// Only 0x0000 and 0xFF00 are values of a coil (section 6.5).
    private static func writingCoil(_ pdu: [UInt8], address: UInt16, _ value: UInt16) -> SlaveRequest {
        guard value == 0 || value == 0xFF00 else { return .invalid(functionCode: 5, exception: illegalValue) }
        return .write(
            functionCode: 5, .coils, address: address, values: [value == 0 ? 0 : 1], echo: Array(pdu[1...4]))
    }

    /// Function codes 15 and 16.
    private static func writingMany(_ code: UInt8, _ pdu: [UInt8], address: UInt16, count: UInt16) -> SlaveRequest {
        let data = pdu.dropFirst(6)
        let expected = code == 15 ? (Int(count) + 7) / 8 : Int(count) * 2
        let limit = code == 15 ? writeBitsLimit : writeRegistersLimit
        guard (1...limit).contains(count), data.count == expected else {
            return .invalid(functionCode: code, exception: illegalValue)
        }
        guard isWithinTable(address, count) else { return .invalid(functionCode: code, exception: illegalAddress) }
        let values: [UInt16] = (0..<Int(count)).map { index in
            if code == 15 { return UInt16(data[6 + index / 8] >> UInt8(index % 8) & 1) }
            let high = UInt16(data[6 + 2 * index])
            return high << 8 | UInt16(data[7 + 2 * index])
        }
        return .write(
            functionCode: code, code == 15 ? .coils : .holdingRegisters, address: address, values: values,
            echo: Array(pdu[1...4]))
    }
}
