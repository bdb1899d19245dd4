/// What keeps bytes from being the answer to a request.
public enum AnswerFault: Error, Hashable, Sendable {
    /// The unit said no, with this code.
    case exception(UInt8)
    /// Not an answer to this request: another function, length, address or value.
    case malformed
}

extension ModbusRequest {
    /// The longest function code and data (V1.1b3, section 4.1).
    public static let pduByteLimit = 253

    /// Function code and data, without unit and check sum.
    public var pdu: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pduByteCount)
        append(to: &bytes)
        return bytes
    }

    /// How many bytes `pdu` has, at most `pduByteLimit`.
    public var pduByteCount: Int {
        switch self {
        case .readCoils, .readDiscreteInputs, .readHolding, .readInput, .writeCoil, .writeHolding: 5
        case .writeCoils(let coils): 6 + byteCount(bits: coils.values.count)
        case .writeHoldings(let registers): 6 + registers.values.count * 2
        }
    }

    /// Appends function code and data to what stands before them in a frame.
    public func append(to frame: inout [UInt8]) {
        frame.append(functionCode)
        switch self {
        case .readCoils(let range), .readDiscreteInputs(let range):
            frame.append(range.address, range.count)
        case .readHolding(let range), .readInput(let range):
            frame.append(range.address, range.count)
        case .writeCoil(let address, let isOn):
            frame.append(address, isOn ? Self.coilOn : Self.coilOff)
        case .writeHolding(let address, let value):
            frame.append(address, value)
        case .writeCoils(let coils):
            frame.append(coils.address, UInt16(coils.values.count))
            frame.append(UInt8(byteCount(bits: coils.values.count)))
            frame += packed(coils.values)
        case .writeHoldings(let registers):
            frame.append(registers.address, UInt16(registers.values.count))
            frame.append(UInt8(registers.values.count * 2))
            for value in registers.values { frame.append(value) }
        }
    }

    /// How many bytes a right answer's function code and data have.
    public var answerByteCount: Int {
        switch self {
        case .readCoils(let range), .readDiscreteInputs(let range): 2 + byteCount(bits: Int(range.count))
        case .readHolding(let range), .readInput(let range): 2 + Int(range.count) * 2
        case .writeCoil, .writeHolding, .writeCoils, .writeHoldings: 5
        }
    }

    /// Decodes function code and data of an answer.
    public func decode(_ answer: ArraySlice<UInt8>) throws(AnswerFault) -> ModbusAnswer {
        let (start, count) = (answer.startIndex, answer.count)
        if count == 2, answer[start] == functionCode | Self.exceptionFlag { throw .exception(answer[start + 1]) }
        guard count == answerByteCount, answer[start] == functionCode else { throw .malformed }
        let data = start + 2
        switch self {
        case .readCoils(let range), .readDiscreteInputs(let range):
            guard Int(answer[start + 1]) == count - 2 else { throw .malformed }
            return .bits((0..<Int(range.count)).map { answer[data + $0 / 8] >> UInt8($0 % 8) & 1 == 1 })
        case .readHolding(let range), .readInput(let range):
            guard Int(answer[start + 1]) == count - 2 else { throw .malformed }
            return .registers(
                (0..<Int(range.count)).map { UInt16(answer[data + 2 * $0]) << 8 | UInt16(answer[data + 2 * $0 + 1]) })
        case .writeCoil, .writeHolding, .writeCoils, .writeHoldings:
            // Address and value, or address and count, as they were sent.
            guard answer.dropFirst() == pdu[1..<5] else { throw .malformed }
            return .written
        }
    }

    private static let exceptionFlag: UInt8 = 0x80
    private static let coilOn: UInt16 = 0xFF00
    private static let coilOff: UInt16 = 0x0000
}

extension [UInt8] {
    fileprivate mutating func append(_ word: UInt16) {
        append(UInt8(word >> 8))
        append(UInt8(word & 0xFF))
    }

    fileprivate mutating func append(_ first: UInt16, _ second: UInt16) {
        append(first)
        append(second)
    }
}

private func byteCount(bits: Int) -> Int { (bits + 7) / 8 }

/// The first bit is the lowest of the first byte.
private func packed(_ bits: [Bool]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount(bits: bits.count))
    for (index, isOn) in bits.enumerated() where isOn { bytes[index / 8] |= 1 << UInt8(index % 8) }
    return bytes
}
