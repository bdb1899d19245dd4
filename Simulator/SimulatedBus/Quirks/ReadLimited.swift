/// A unit that reads fewer registers at once than the protocol allows, such as the Laumas TLB4 with 32.
public struct ReadLimited: SlaveUnit {
    private static let illegalValue: UInt8 = 3

    private let unit: any SlaveUnit
    private let limit: UInt16

    public init(_ unit: any SlaveUnit, to limit: UInt16) {
        self.unit = unit
        self.limit = limit
    }

    public func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer {
        count > limit ? .exception(Self.illegalValue) : unit.read(table, address: address, count: count)
    }

    public func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer {
        unit.write(table, address: address, values: values)
    }
}
