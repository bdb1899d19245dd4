/// One Modbus request as a slave sees it (Modbus application protocol V1.1b3): decoded here rather than by libmodbus,
/// whose server side answers for one RTU unit only, and so that master and slave do not share a mistake.
enum SlaveRequest: Hashable, Sendable {
    case read(functionCode: UInt8, RegisterTable, address: UInt16, count: UInt16)
    /// `echo` is the part of the request that a right answer repeats.
    case write(functionCode: UInt8, RegisterTable, address: UInt16, values: [UInt16], echo: [UInt8])
    /// A function that no unit has, or values that no unit can take: the exception to answer with.
    case invalid(functionCode: UInt8, exception: UInt8)

    static let illegalFunction: UInt8 = 1
    static let illegalValue: UInt8 = 3

    /// How long the protocol data unit that begins with these bytes is.
    /// - Returns: nil if more bytes are needed to tell.
    static func length(_ pdu: ArraySlice<UInt8>) -> Int? {
        guard let code = pdu.first else { return nil }
        switch code {
        case 15, 16:
            guard pdu.count >= 6 else { return nil }
            return 6 + Int(pdu[pdu.startIndex + 5])
        default:
            return 5
        }
    }

    /// - Parameter pdu: function code and data, as long as `length` said.
    init(_ pdu: [UInt8]) {
        let code = pdu[0]
        func word(_ offset: Int) -> UInt16 { UInt16(pdu[offset]) << 8 | UInt16(pdu[offset + 1]) }
        guard pdu.count >= 5 else {
            self = .invalid(functionCode: code, exception: Self.illegalValue)
            return
        }
        switch code {
        case 1: self = Self.reading(code, .coils, word(1), word(3), limit: 2000)
        case 2: self = Self.reading(code, .discreteInputs, word(1), word(3), limit: 2000)
        case 3: self = Self.reading(code, .holdingRegisters, word(1), word(3), limit: 125)
        case 4: self = Self.reading(code, .inputRegisters, word(1), word(3), limit: 125)
        case 5:
            let bit: UInt16 = word(3) == 0xFF00 ? 1 : 0
            self = .write(functionCode: code, .coils, address: word(1), values: [bit], echo: Array(pdu[1...4]))
        case 6:
            self = .write(
                functionCode: code, .holdingRegisters, address: word(1), values: [word(3)], echo: Array(pdu[1...4]))
        case 15, 16:
            self = Self.writing(code, pdu, address: word(1), count: Int(word(3)))
        default:
            self = .invalid(functionCode: code, exception: Self.illegalFunction)
        }
    }

    private static func reading(
        _ code: UInt8, _ table: RegisterTable, _ address: UInt16, _ count: UInt16, limit: UInt16
    ) -> SlaveRequest {
        (1...limit).contains(count)
            ? .read(functionCode: code, table, address: address, count: count)
            : .invalid(functionCode: code, exception: illegalValue)
    }

    private static func writing(_ code: UInt8, _ pdu: [UInt8], address: UInt16, count: Int) -> SlaveRequest {
        let data = pdu.dropFirst(6)
        let expected = code == 15 ? (count + 7) / 8 : count * 2
        guard count > 0, pdu.count > 6, Int(pdu[5]) == expected, data.count == expected else {
            return .invalid(functionCode: code, exception: illegalValue)
        }
        let values: [UInt16] = (0..<count).map { index in
            if code == 15 { return UInt16(data[6 + index / 8] >> UInt8(index % 8) & 1) }
            let high = UInt16(data[6 + 2 * index])
            return high << 8 | UInt16(data[7 + 2 * index])
        }
        return .write(
            functionCode: code, code == 15 ? .coils : .holdingRegisters, address: address, values: values,
            echo: Array(pdu[1...4]))
    }
}

/// What goes back on the wire.
enum SlaveReply: Hashable, Sendable {
    case pdu([UInt8])
    case pduWithBadChecksum([UInt8])
    case silence
}

extension SlaveRequest {
    /// Has the unit answer, and encodes what it says.
    func reply(of unit: any SlaveUnit) -> SlaveReply {
        switch self {
        case .read(let code, let table, let address, let count):
            encode(unit.read(table, address: address, count: count), code) { values in
                let data = Self.encode(values, of: table)
                return [code, UInt8(data.count)] + data
            }
        case .write(let code, let table, let address, let values, let echo):
            encode(unit.write(table, address: address, values: values), code) { _ in [code] + echo }
        case .invalid(let code, let exception):
            .pdu([code | 0x80, exception])
        }
    }

    private func encode(_ answer: SlaveAnswer, _ code: UInt8, _ body: ([UInt16]) -> [UInt8]) -> SlaveReply {
        switch answer {
        case .values(let values): .pdu(body(values))
        case .badChecksum(let values): .pduWithBadChecksum(body(values))
        case .exception(let exception): .pdu([code | 0x80, exception])
        case .silence: .silence
        }
    }

    private static func encode(_ values: [UInt16], of table: RegisterTable) -> [UInt8] {
        switch table {
        case .holdingRegisters, .inputRegisters:
            return values.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        case .coils, .discreteInputs:
            var bytes = [UInt8](repeating: 0, count: (values.count + 7) / 8)
            for (index, value) in values.enumerated() where value != 0 { bytes[index / 8] |= 1 << UInt8(index % 8) }
            return bytes
        }
    }
}
