/// What keeps bytes from being the answer to a request.
public enum AnswerFault: Error, Hashable, Sendable {
    /// The unit said no, with this code.
    case exception(UInt8)
    /// Not an answer to this request: another function, length, address or value.
    case malformed
}

extension ModbusRequest {
    /// Function code and data, without unit and check sum: at most 253 bytes (V1.1b3, section 4.1).
    public var pdu: [UInt8] {
        switch self {
        case .readCoils(let range), .readDiscreteInputs(let range):
            [functionCode] + words(range.address, range.count)
        case .readHolding(let range), .readInput(let range):
            [functionCode] + words(range.address, range.count)
        case .writeCoil(let address, let isOn):
            [functionCode] + words(address, isOn ? Self.coilOn : Self.coilOff)
        case .writeHolding(let address, let value):
            [functionCode] + words(address, value)
        case .writeCoils(let coils):
            [functionCode] + words(coils.address, UInt16(coils.values.count))
                + [UInt8(byteCount(bits: coils.values.count))] + packed(coils.values)
        case .writeHoldings(let registers):
            [functionCode] + words(registers.address, UInt16(registers.values.count))
                + [UInt8(registers.values.count * 2)] + registers.values.flatMap { words($0) }
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
    public func decode(_ answer: some RandomAccessCollection<UInt8>) throws(AnswerFault) -> ModbusAnswer {
        let bytes = Array(answer)
        if bytes.count == 2, bytes[0] == functionCode | Self.exceptionFlag { throw .exception(bytes[1]) }
        guard bytes.count == answerByteCount, bytes[0] == functionCode else { throw .malformed }
        switch self {
        case .readCoils(let range), .readDiscreteInputs(let range):
            guard Int(bytes[1]) == bytes.count - 2 else { throw .malformed }
            return .bits((0..<Int(range.count)).map { bytes[2 + $0 / 8] >> UInt8($0 % 8) & 1 == 1 })
        case .readHolding(let range), .readInput(let range):
            guard Int(bytes[1]) == bytes.count - 2 else { throw .malformed }
            return .registers(
                (0..<Int(range.count)).map { UInt16(bytes[2 + 2 * $0]) << 8 | UInt16(bytes[3 + 2 * $0]) })
        case .writeCoil, .writeHolding, .writeCoils, .writeHoldings:
            // Address and value, or address and count, as they were sent.
            guard bytes[1...] == pdu[1..<5] else { throw .malformed }
            return .written
        }
    }

    private static let exceptionFlag: UInt8 = 0x80
    private static let coilOn: UInt16 = 0xFF00
    private static let coilOff: UInt16 = 0x0000
}

private func words(_ values: UInt16...) -> [UInt8] {
    values.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
}

private func byteCount(bits: Int) -> Int { (bits + 7) / 8 }

/// The first bit is the lowest of the first byte.
private func packed(_ bits: [Bool]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount(bits: bits.count))
    for (index, isOn) in bits.enumerated() where isOn { bytes[index / 8] |= 1 << UInt8(index % 8) }
    return bytes
}
