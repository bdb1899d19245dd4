import Modbus

/// Takes values off the fuzzer's bytes; zeros when they are used up.
struct FuzzInput {
    private var bytes: ArraySlice<UInt8>

    init(_ start: UnsafePointer<UInt8>, _ count: Int) {
        bytes = Array(UnsafeBufferPointer(start: start, count: count))[...]
    }

    mutating func byte() -> UInt8 { bytes.popFirst() ?? 0 }

    mutating func word() -> UInt16 { UInt16(byte()) << 8 | UInt16(byte()) }

    mutating func rest() -> [UInt8] {
        defer { bytes = [] }
        return Array(bytes)
    }

    mutating func request() -> ModbusRequest {
        let (kind, address) = (byte(), word())
        let registers = RegisterRange(checking: Int(address), count: Int(byte())) ?? RegisterRange(0, count: 1)
        let bits = BitRange(checking: Int(address), count: Int(registers.count) * 16) ?? BitRange(0, count: 1)
        switch kind % 8 {
        case 0: return .readCoils(bits)
        case 1: return .readDiscreteInputs(bits)
        case 2: return .readHolding(registers)
        case 3: return .readInput(registers)
        case 4: return .writeCoil(address: address, isOn: kind > 127)
        case 5: return .writeHolding(address: address, value: UInt16(kind))
        case 6: return CoilValues(address, [true, false, kind > 127]).map { .writeCoils($0) } ?? .readCoils(bits)
        default: return RegisterValues(address, [UInt16(kind)]).map { .writeHoldings($0) } ?? .readInput(registers)
        }
    }
}
