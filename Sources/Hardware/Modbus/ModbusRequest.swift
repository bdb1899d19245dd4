/// A range of registers that one Modbus request may cover: 1 to 125 (Modbus application protocol V1.1b3, 6.3).
struct RegisterRange: Hashable, Sendable {
    static let countLimit = 125

    let address: UInt16
    let count: UInt16

    init(_ address: UInt16, count: UInt16) {
        precondition((1...Self.countLimit).contains(Int(count)), "a read covers 1 to 125 registers, not \(count)")
        self.address = address
        self.count = count
    }

    /// `count` registers from `address`, in as few reads as the limit allows.
    static func chunks(from address: UInt16, count: Int) -> [RegisterRange] {
        stride(from: 0, to: count, by: countLimit).map { offset in
            RegisterRange(address + UInt16(offset), count: UInt16(min(countLimit, count - offset)))
        }
    }
}

/// The requests that the drivers need. One that could not be valid cannot be built.
enum ModbusRequest: Hashable, Sendable {
    /// Function code 3.
    case readHolding(RegisterRange)
    /// Function code 4.
    case readInput(RegisterRange)
    /// Function code 6.
    case writeHolding(address: UInt16, value: UInt16)

    /// How many registers a right answer has.
    var answerCount: Int {
        switch self {
        case .readHolding(let range), .readInput(let range): Int(range.count)
        case .writeHolding: 0
        }
    }
}
