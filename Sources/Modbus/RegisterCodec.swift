/// Values from registers and back. libmodbus' float helpers are not inverse to each other; these are.
extension RegisterFormat {
    /// - Parameter registers: as they are read, `registerCount` of them.
    public func decode(_ registers: some BidirectionalCollection<UInt16>) throws(RegisterFault) -> RegisterValue {
        guard registers.count == registerCount else { throw .wrongCount }
        switch type {
        case .ascii:
            return .text(try text(order.arranged(registers)))
        case .unsigned, .signed, .float32, .float64, .bcd16, .bcd32, .bit, .bits:
            return try number(order.bits(registers))
        }
    }

    /// The registers that hold a value. A number for a float is rounded to the nearest one; one bit, or a range of
    /// bits, gives a register with all others 0 (see `inserted`).
    public func encode(_ value: RegisterValue) throws(RegisterFault) -> [UInt16] {
        switch (type, value) {
        case (.ascii(let count), .text(let text)):
            return order.arranged(try words(text, count: count))
        case (.float32, .real(let number)):
            let float = Float(number)
            guard float.isFinite else { throw .outOfRange }
            return order.registers(UInt64(float.bitPattern), count: registerCount)
        case (.float64, .real(let number)):
            guard number.isFinite else { throw .outOfRange }
            return order.registers(number.bitPattern, count: registerCount)
        case (.unsigned, .integer(let number)), (.signed, .integer(let number)), (.bcd16, .integer(let number)),
            (.bcd32, .integer(let number)), (.bit, .integer(let number)), (.bits, .integer(let number)):
            return order.registers(try bits(number), count: registerCount)
        case (.ascii, _), (.float32, _), (.float64, _), (.unsigned, _), (.signed, _), (.bcd16, _), (.bcd32, _),
            (.bit, _), (.bits, _):
            throw .outOfRange
        }
    }

    /// A register with only this format's bits changed; nil unless the format is a bit or a range of bits.
    public func inserted(_ number: Int128, into register: UInt16) throws(RegisterFault) -> UInt16? {
        guard let range = bitRange else { return nil }
        let mask = order.registers(mask(range.count) << UInt64(range.lowerBound), count: 1)[0]
        return register & ~mask | (try encode(.integer(number))[0])
    }

    private var bitRange: ClosedRange<Int>? {
        switch type {
        case .bit(let bit): bit...bit
        case .bits(let range): range
        case .unsigned, .signed, .float32, .float64, .bcd16, .bcd32, .ascii: nil
        }
    }
}

extension RegisterFormat {
    private func number(_ bits: UInt64) throws(RegisterFault) -> RegisterValue {
        switch type {
        case .unsigned: return .integer(Int128(bits))
        case .signed(.bits16): return .integer(Int128(Int16(truncatingIfNeeded: bits)))
        case .signed(.bits32): return .integer(Int128(Int32(truncatingIfNeeded: bits)))
        case .signed(.bits64): return .integer(Int128(Int64(bitPattern: bits)))
        case .float32: return try finite(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
        case .float64: return try finite(Double(bitPattern: bits))
        case .bcd16, .bcd32: return .integer(try decimal(bits))
        case .bit, .bits, .ascii:
            // Characters are told apart before.
            guard let range = bitRange else { throw .wrongCount }
            return .integer(Int128(bits >> UInt64(range.lowerBound) & mask(range.count)))
        }
    }

    private func finite(_ number: Double) throws(RegisterFault) -> RegisterValue {
        guard number.isFinite else { throw .notFinite }
        return .real(number)
    }

    private func decimal(_ bits: UInt64) throws(RegisterFault) -> Int128 {
        var number: Int128 = 0
        for digit in (0..<4 * registerCount).reversed() {
            let digit = bits >> UInt64(4 * digit) & 0xF
            guard digit <= 9 else { throw .notDecimal }
            number = number * 10 + Int128(digit)
        }
        return number
    }

    private func bits(_ number: Int128) throws(RegisterFault) -> UInt64 {
        switch type {
        case .unsigned(let width):
            guard (0...Int128(mask(width.rawValue))).contains(number) else { throw .outOfRange }
            return UInt64(number)
        case .signed(let width):
            let limit = Int128(1) << (width.rawValue - 1)
            guard (-limit..<limit).contains(number) else { throw .outOfRange }
            return UInt64(bitPattern: Int64(number)) & mask(width.rawValue)
        case .bcd16, .bcd32:
            return try binaryCoded(number)
        case .bit, .bits, .float32, .float64, .ascii:
            // Floats and characters are told apart before.
            guard let range = bitRange, (0...Int128(mask(range.count))).contains(number) else { throw .outOfRange }
            return UInt64(number) << UInt64(range.lowerBound)
        }
    }

    private func binaryCoded(_ number: Int128) throws(RegisterFault) -> UInt64 {
        var rest = number
        var bits: UInt64 = 0
        guard rest >= 0 else { throw .outOfRange }
        for digit in 0..<4 * registerCount {
            bits |= UInt64(rest % 10) << UInt64(4 * digit)
            rest /= 10
        }
        guard rest == 0 else { throw .outOfRange }
        return bits
    }

    private func mask(_ count: Int) -> UInt64 { UInt64.max >> UInt64(64 - count) }
}

/// From the space to the tilde.
private let printable: ClosedRange<UInt8> = 0x20...0x7E
private let space: UInt8 = 0x20

private func text(_ registers: [UInt16]) throws(RegisterFault) -> String {
    var bytes = registers.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }[...]
    bytes = bytes.drop { $0 == space }
    while let last = bytes.last, last == space || last == 0 { bytes.removeLast() }
    guard bytes.allSatisfy(printable.contains) else { throw .notPrintable }
    return String(decoding: bytes, as: Unicode.ASCII.self)
}

/// Shorter texts are filled up with spaces.
private func words(_ text: String, count: Int) throws(RegisterFault) -> [UInt16] {
    let bytes = Array(text.utf8)
    guard bytes.allSatisfy(printable.contains) else { throw .notPrintable }
    guard bytes.count <= 2 * count else { throw .outOfRange }
    let padded = bytes + [UInt8](repeating: space, count: 2 * count - bytes.count)
    return (0..<count).map { UInt16(padded[2 * $0]) << 8 | UInt16(padded[2 * $0 + 1]) }
}
