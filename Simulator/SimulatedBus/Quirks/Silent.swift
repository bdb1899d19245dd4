/// A unit that does not hear every request, or none: it is switched off, or its address is another.
public struct Silent: SlaveUnit {
    private let unit: any SlaveUnit
    private let occasions: Occasions

    public init(_ unit: any SlaveUnit, on occasions: Occasions = .always) {
        self.unit = unit
        self.occasions = occasions
    }

    public func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer {
        occasions.isNow() ? .silence : unit.read(table, address: address, count: count)
    }

    public func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer {
        occasions.isNow() ? .silence : unit.write(table, address: address, values: values)
    }
}
