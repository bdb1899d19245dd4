/// A unit that sends 32-bit values low word first (CDAB), where its twin sends the high word first. Registers of
/// `addresses` are pairs, counted from the lowest one.
public struct SwappedWords: SlaveUnit {
    private let unit: any SlaveUnit
    private let table: RegisterTable
    private let addresses: Range<UInt16>

    /// - Parameter addresses: an even number of registers.
    public init(_ unit: any SlaveUnit, in table: RegisterTable, at addresses: Range<UInt16>) {
        precondition(
            addresses.count.isMultiple(of: 2), "pairs have an even number of registers, not \(addresses.count)")
        self.unit = unit
        self.table = table
        self.addresses = addresses
    }

    public func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer {
        guard table == self.table else { return unit.read(table, address: address, count: count) }
        // One by one, because a read may begin or end within a pair.
        var values: [UInt16] = []
        for wanted in 0..<count {
            switch unit.read(table, address: partner(of: address + wanted), count: 1) {
            case .values(let value): values += value
            case let other: return other
            }
        }
        return .values(values)
    }

    public func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer {
        guard table == self.table else { return unit.write(table, address: address, values: values) }
        for (offset, value) in values.enumerated() {
            switch unit.write(table, address: partner(of: address + UInt16(offset)), values: [value]) {
            case .values: continue
            case let other: return other
            }
        }
        return .values([])
    }

    private func partner(of address: UInt16) -> UInt16 {
        guard addresses.contains(address) else { return address }
        return addresses.lowerBound + ((address - addresses.lowerBound) ^ 1)
    }
}
