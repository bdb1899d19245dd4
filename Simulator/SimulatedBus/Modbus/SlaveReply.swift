/// What goes back on the wire.
enum SlaveReply: Hashable, Sendable {
    /// A protocol data unit, and what happens with it on its way.
    case answer([UInt8], faults: [WireFault])
    case silence

    static func pdu(_ pdu: [UInt8]) -> SlaveReply { .answer(pdu, faults: []) }
}

extension SlaveRequest {
    /// Has the unit answer, and encodes what it says.
    func reply(of unit: any SlaveUnit) -> SlaveReply {
        switch self {
        case .read(let code, let table, let address, let count):
            Self.encode(unit.read(table, address: address, count: count), code) { values in
                let data = Self.encode(values, of: table)
                return [code, UInt8(data.count)] + data
            }
        case .write(let code, let table, let address, let values, let echo):
            Self.encode(unit.write(table, address: address, values: values), code) { _ in [code] + echo }
        case .identify:
            Self.identity(unit.serverID)
        case .invalid(let code, let exception):
            .pdu([code | 0x80, exception])
        }
    }

    private static func identity(_ serverID: [UInt8]?) -> SlaveReply {
        guard let serverID else { return .pdu([identifying | 0x80, illegalFunction]) }
        return .pdu([identifying, UInt8(serverID.count)] + serverID)
    }

    /// Does what a broadcast asks: a write is carried out by every unit, and nobody answers
    /// (Modbus over serial line V1.02, 2.2).
    func broadcast(to units: some Sequence<any SlaveUnit>) {
        guard case .write(_, let table, let address, let values, _) = self else { return }
        for unit in units { _ = unit.write(table, address: address, values: values) }
    }

    private static func encode(_ answer: SlaveAnswer, _ code: UInt8, _ body: ([UInt16]) -> [UInt8]) -> SlaveReply {
        switch answer {
        case .values(let values): return .pdu(body(values))
        case .exception(let exception): return .pdu([code | 0x80, exception])
        case .silence: return .silence
        case .distorted(let answer, let fault):
            guard case .answer(let pdu, let faults) = encode(answer, code, body) else { return .silence }
            return .answer(pdu, faults: faults + [fault])
        }
    }

    private static func encode(_ values: [UInt16], of table: RegisterTable) -> [UInt8] {
        switch table {
        case .holdingRegisters, .inputRegisters:
            var bytes: [UInt8] = []
            bytes.reserveCapacity(2 * values.count)
            for value in values {
                bytes.append(UInt8(value >> 8))
                bytes.append(UInt8(value & 0xFF))
            }
            return bytes
        case .coils, .discreteInputs:
            var bytes = [UInt8](repeating: 0, count: (values.count + 7) / 8)
            for (index, value) in values.enumerated() where value != 0 { bytes[index / 8] |= 1 << UInt8(index % 8) }
            return bytes
        }
    }
}
