/// The four tables of a Modbus unit.
public enum RegisterTable: String, CaseIterable, Hashable, Sendable {
    case coil, discrete, holding, input

    /// Whether its elements are single bits.
    public var holdsBits: Bool {
        switch self {
        case .coil, .discrete: true
        case .holding, .input: false
        }
    }

    /// Which code reads it.
    public var functionCode: Int {
        switch self {
        case .coil: 1
        case .discrete: 2
        case .holding: 3
        case .input: 4
        }
    }

    /// The table and the address from 0 behind one of the customary numbers: 1 to 9999 coils, 10001 to 19999 discrete
    /// inputs, 30001 to 39999 input registers, 40001 to 49999 holding registers, and with six digits the same up to
    /// address 65535. Nil for any other number.
    public static func place(ofRegister number: Int) -> (table: RegisterTable, address: UInt16)? {
        switch number {
        case 1...9999: (.coil, UInt16(number - 1))
        case 10_001...19_999: (.discrete, UInt16(number - 10_001))
        case 30_001...39_999: (.input, UInt16(number - 30_001))
        case 40_001...49_999: (.holding, UInt16(number - 40_001))
        case 100_001...165_536: (.discrete, UInt16(number - 100_001))
        case 300_001...365_536: (.input, UInt16(number - 300_001))
        case 400_001...465_536: (.holding, UInt16(number - 400_001))
        // A person wrote the number.
        default: nil
        }
    }
}

/// Neighbouring elements of one table.
public struct RegisterSpan: Hashable, Sendable {
    public static let addressCount = 65_536

    public let table: RegisterTable
    public let address: UInt16
    public let count: Int

    /// Nil if it is empty or goes beyond address 65535.
    public init?(_ table: RegisterTable, _ address: UInt16, count: Int) {
        guard count >= 1, Int(address) + count <= Self.addressCount else { return nil }
        self.table = table
        self.address = address
        self.count = count
    }

    init(_ table: RegisterTable, addresses: Range<Int>) {
        self.table = table
        address = UInt16(addresses.lowerBound)
        count = addresses.count
    }

    public var addresses: Range<Int> { Int(address)..<Int(address) + count }

    public func contains(_ other: RegisterSpan) -> Bool {
        table == other.table && addresses.lowerBound <= other.addresses.lowerBound
            && other.addresses.upperBound <= addresses.upperBound
    }

    /// The read of it; nil if no request may be so long.
    public var request: ModbusRequest? {
        switch table {
        case .coil: BitRange(checking: Int(address), count: count).map { .readCoils($0) }
        case .discrete: BitRange(checking: Int(address), count: count).map { .readDiscreteInputs($0) }
        case .holding: RegisterRange(checking: Int(address), count: count).map { .readHolding($0) }
        case .input: RegisterRange(checking: Int(address), count: count).map { .readInput($0) }
        }
    }
}
