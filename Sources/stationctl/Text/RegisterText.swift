import Modbus

/// One value as it is shown: where it begins, the registers it is made of, and what they say in each order asked for.
struct ShownValue: Codable, Hashable {
    struct Decoded: Codable, Hashable {
        /// Nil for single registers and bits.
        var order: String?
        var text: String
        /// Nil for a text, and for what is no value of the type.
        var number: ExactNumber?
    }
    var address: Int
    /// Hexadecimal, register by register.
    var raw: String
    var decoded: [Decoded]
}

/// A number in JSON with every digit that its registers have: what binary64 would round is an integer.
enum ExactNumber: Codable, Hashable {
    /// Of at most 64 bits, signed or not.
    case integer(Int128)
    case real(Double)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            self = .integer(Int128(number))
        } else if let number = try? container.decode(UInt64.self) {
            self = .integer(Int128(number))
        } else {
            self = .real(try container.decode(Double.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let number):
            if let signed = Int64(exactly: number) {
                try container.encode(signed)
            } else if let unsigned = UInt64(exactly: number) {
                try container.encode(unsigned)
            } else {
                // No type of register is longer than 64 bits.
                try container.encode(Double(number))
            }
        case .real(let number): try container.encode(number)
        }
    }
}

/// `stationctl bus read --json`.
struct ReadReport: Codable, Hashable {
    var unit: UInt8
    var device: String?
    var table: String
    var address: Int
    var registers: [UInt16]
    var values: [ShownValue]
}

extension RegisterQuery {
    /// - Parameter raw: `count` registers, or bits as 0 and 1.
    func values(_ raw: [UInt16]) -> [ShownValue] {
        guard let type else {
            return raw.enumerated().map { index, register in
                ShownValue(
                    address: address + index, raw: table.holdsBits ? "\(register)" : hexText(register),
                    decoded: [.init(order: nil, text: "\(register)", number: .integer(Int128(register)))])
            }
        }
        return stride(from: 0, to: raw.count, by: type.registerCount).map { start in
            let registers = raw[start..<min(raw.count, start + type.registerCount)]
            return ShownValue(
                address: address + start, raw: registers.map(hexText).joined(separator: " "),
                decoded: orders.map { decode(registers, RegisterFormat(type, $0)) })
        }
    }

    private func decode(_ registers: ArraySlice<UInt16>, _ format: RegisterFormat) -> ShownValue.Decoded {
        let order = format.order.rawValue
        do {
            switch try format.decode(registers) {
            case .integer(let number): return .init(order: order, text: "\(number)", number: .integer(number))
            case .real(let number): return .init(order: order, text: realText(number), number: .real(number))
            case .text(let text): return .init(order: order, text: "\"\(text)\"", number: nil)
            }
        } catch {
            return .init(order: order, text: faultText(error), number: nil)
        }
    }

    /// Binary32 has no more than seven digits to show.
    private func realText(_ number: Double) -> String {
        switch type {
        case .float32: "\(Float(number))"
        case .float64, .unsigned, .signed, .bcd16, .bcd32, .bit, .bits, .ascii, nil: "\(number)"
        }
    }

    /// A table for people.
    func text(_ raw: [UInt16]) -> String {
        let values = values(raw)
        if table.holdsBits {
            var table = Table([("ADDRESS", .right), ("VALUE", .right)])
            table.rows = values.map { ["\($0.address)", $0.raw] }
            return table.render()
        }
        guard type != nil else {
            var table = Table([("ADDRESS", .right), ("HEX", .right), ("UNSIGNED", .right), ("SIGNED", .right)])
            table.rows = zip(values, raw).map { value, register in
                ["\(value.address)", value.raw, "\(register)", "\(Int16(bitPattern: register))"]
            }
            return table.render()
        }
        let titles = orders.count == 1 ? ["VALUE"] : orders.map(\.rawValue)
        var table = Table([("ADDRESS", .right), ("HEX", .left)] + titles.map { ($0, .right) })
        table.rows = values.map { ["\($0.address)", $0.raw] + $0.decoded.map(\.text) }
        return table.render()
    }
}

func hexText(_ register: UInt16) -> String {
    let digits = String(register, radix: 16, uppercase: true)
    return String(repeating: "0", count: 4 - digits.count) + digits
}

private func faultText(_ fault: RegisterFault) -> String {
    switch fault {
    case .wrongCount: "too few registers"
    case .notFinite: "no number"
    case .notDecimal: "no BCD"
    case .notPrintable: "no text"
    case .outOfRange: "out of range"
    }
}
