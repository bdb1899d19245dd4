import ArgumentParser
import Modbus

/// The four tables, as the command line calls them.
enum TableName: String, CaseIterable, ExpressibleByArgument {
    case coils
    case discreteInputs = "discrete-inputs"
    case holding
    case input

    var holdsBits: Bool {
        switch self {
        case .coils, .discreteInputs: true
        case .holding, .input: false
        }
    }

    /// `holding registers`.
    var words: String {
        switch self {
        case .coils: "coils"
        case .discreteInputs: "discrete inputs"
        case .holding: "holding registers"
        case .input: "input registers"
        }
    }

    /// The table that is often meant instead.
    var counterpart: TableName {
        switch self {
        case .coils: .discreteInputs
        case .discreteInputs: .coils
        case .holding: .input
        case .input: .holding
        }
    }
}

/// How registers are decoded, as the command line calls it.
enum ValueType: String, CaseIterable, ExpressibleByArgument {
    case uint16, int16, uint32, int32, uint64, int64, float32, float64, bcd16, bcd32, ascii

    /// - Parameter count: of registers, for a text.
    func type(count: Int) -> RegisterType {
        switch self {
        case .uint16: .unsigned(.bits16)
        case .int16: .signed(.bits16)
        case .uint32: .unsigned(.bits32)
        case .int32: .signed(.bits32)
        case .uint64: .unsigned(.bits64)
        case .int64: .signed(.bits64)
        case .float32: .float32
        case .float64: .float64
        case .bcd16: .bcd16
        case .bcd32: .bcd32
        case .ascii: .ascii(registers: count)
        }
    }
}

/// The orders in which values are shown.
struct OrderChoice: ExpressibleByArgument, Equatable {
    var orders: [RegisterOrder]

    static let standard = OrderChoice(orders: [.abcd])

    init(orders: [RegisterOrder]) {
        self.orders = orders
    }

    init?(argument: String) {
        let name = argument.uppercased()
        if name == "ALL" {
            orders = RegisterOrder.allCases
        } else if let order = RegisterOrder(rawValue: name) {
            orders = [order]
        } else {
            return nil
        }
    }

    static var allValueStrings: [String] { RegisterOrder.allCases.map(\.rawValue) + ["all"] }
    var defaultValueDescription: String { orders.map(\.rawValue).joined(separator: ", ") }
}

/// One read of one table, and how its registers are to be shown.
struct RegisterQuery: Equatable {
    let table: TableName
    let address: Int
    /// Registers or bits.
    let count: Int
    /// Nil: register by register.
    let type: RegisterType?
    let orders: [RegisterOrder]
    let request: ModbusRequest

    /// - Parameter count: values of the type; without one, or for a text, registers or bits.
    init(_ table: TableName, address: Int, count: Int, type name: ValueType?, order: OrderChoice) throws {
        guard name == nil || !table.holdsBits else {
            throw ValidationError("--type is for registers; \(table.words) are single bits.")
        }
        let limit = table.holdsBits ? BitRange.countLimit : RegisterRange.countLimit
        guard (1...limit).contains(count) else {
            throw ValidationError("COUNT \(count) is not between 1 and \(limit), which one request can read.")
        }
        type = name?.type(count: count)
        let total = name == .ascii ? count : count * (type?.registerCount ?? 1)
        guard let request = Self.request(table, address, total) else {
            throw ValidationError(
                "\(total) \(table.words) from address \(address): one request reads at most \(limit), and addresses "
                    + "are 0 to 65535.")
        }
        self.table = table
        self.address = address
        self.count = total
        self.request = request
        orders = order.orders
    }

    private static func request(_ table: TableName, _ address: Int, _ count: Int) -> ModbusRequest? {
        switch table {
        case .coils: BitRange(checking: address, count: count).map { .readCoils($0) }
        case .discreteInputs: BitRange(checking: address, count: count).map { .readDiscreteInputs($0) }
        case .holding: RegisterRange(checking: address, count: count).map { .readHolding($0) }
        case .input: RegisterRange(checking: address, count: count).map { .readInput($0) }
        }
    }

    /// `holding registers 6 to 13`.
    var words: String {
        count == 1 ? "\(table.words.dropLast()) \(address)" : "\(table.words) \(address) to \(address + count - 1)"
    }
}

/// What a query brought, as registers; bits are 0 and 1.
func rawValues(_ answer: ModbusAnswer) -> [UInt16] {
    switch answer {
    case .registers(let registers): registers
    case .bits(let bits): bits.map { $0 ? 1 : 0 }
    case .written: []
    }
}
