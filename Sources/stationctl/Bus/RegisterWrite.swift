import ArgumentParser
import Modbus

/// What is to be written, and the read that shows it before and after.
struct RegisterWrite: Equatable {
    let query: RegisterQuery
    /// Registers, or bits as 0 and 1.
    let raw: [UInt16]
    let request: ModbusRequest

    /// - Parameters:
    ///   - texts: one for each value.
    ///   - asMany: use the function for several values also for one (15 or 16 instead of 5 or 6).
    init(
        _ table: TableName, address: Int, _ texts: [String], type: ValueType?, order: OrderChoice, asMany: Bool
    ) throws {
        guard order.orders.count == 1 else { throw ValidationError("What is written has one order, not all.") }
        switch table {
        case .discreteInputs, .input:
            throw ValidationError("\(table.words.prefix(1).uppercased() + table.words.dropFirst()) cannot be written.")
        case .coils:
            raw = try texts.map { text in
                switch text.lowercased() {
                case "1", "on", "true": 1
                case "0", "off", "false": 0
                case _: throw ValidationError("\"\(text)\" is neither on nor off.")
                }
            }
        case .holding:
            raw = try texts.flatMap { try Self.registers($0, type, order.orders[0]) }
        }
        query = try RegisterQuery(
            table, address: address, count: type == .ascii ? raw.count : texts.count, type: type, order: order)
        guard let request = Self.request(table, address, raw, asMany: asMany) else {
            throw ValidationError(
                "One request writes at most 123 registers or 1968 coils, within addresses 0 to 65535.")
        }
        self.request = request
    }

    private static func request(_ table: TableName, _ address: Int, _ raw: [UInt16], asMany: Bool) -> ModbusRequest? {
        guard let address = UInt16(exactly: address) else { return nil }
        switch table {
        case .coils where raw.count == 1 && !asMany: return .writeCoil(address: address, isOn: raw[0] == 1)
        case .coils: return CoilValues(address, raw.map { $0 == 1 }).map { .writeCoils($0) }
        case .holding where raw.count == 1 && !asMany: return .writeHolding(address: address, value: raw[0])
        case .holding: return RegisterValues(address, raw).map { .writeHoldings($0) }
        case .discreteInputs, .input: return nil
        }
    }

    private static func registers(_ text: String, _ name: ValueType?, _ order: RegisterOrder) throws -> [UInt16] {
        guard let name else {
            if text.hasPrefix("0x"), let bits = UInt16(text.dropFirst(2), radix: 16) { return [bits] }
            if let number = UInt16(text) { return [number] }
            if let number = Int16(text) { return [UInt16(bitPattern: number)] }
            throw ValidationError("\"\(text)\" is no register: -32768 to 65535, or 0x0000 to 0xFFFF.")
        }
        let type = name.type(count: (text.utf8.count + 1) / 2)
        let value: RegisterValue? =
            switch type {
            case .ascii: .text(text)
            case .float32, .float64: Double(text).map { .real($0) }
            case .unsigned, .signed, .bcd16, .bcd32, .bit, .bits: Int128(text).map { .integer($0) }
            }
        guard let value, let registers = try? RegisterFormat(type, order).encode(value) else {
            throw ValidationError("\"\(text)\" is no \(name.rawValue).")
        }
        return registers
    }

    /// `10 -> 11 (000A -> 000B)` for people; nil before: it could not be read.
    func text(before: [UInt16]?, after: [UInt16]) -> String {
        var table = Table([("ADDRESS", .right), ("BEFORE", .right), ("AFTER", .right)])
        let new = query.values(after)
        let old = before.map { query.values($0) }
        table.rows = new.enumerated().map { index, value in
            ["\(value.address)", old.map { words($0[index]) } ?? "unknown", words(value)]
        }
        return table.render()
    }

    private func words(_ value: ShownValue) -> String {
        query.table.holdsBits ? value.raw : "\(value.decoded[0].text) (\(value.raw))"
    }
}

/// `stationctl bus write --json`.
struct WriteReport: Codable, Hashable {
    var unit: UInt8
    var table: String
    var address: Int
    /// Nil if it could not be read.
    var before: [UInt16]?
    var written: [UInt16]
    /// Nil if it could not be read.
    var after: [UInt16]?
}
