/// A unit whose addresses on the wire are higher than those in its own table: its maker sends register 40001 as 1, or
/// even as 40001, where the protocol has 0.
public struct Renumbered: SlaveUnit {
    private let unit: any SlaveUnit
    private let offset: UInt16

    public init(_ unit: any SlaveUnit, by offset: UInt16) {
        self.unit = unit
        self.offset = offset
    }

    public func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer {
        guard address >= offset else { return .exception(RegisterBank.illegalAddress) }
        return unit.read(table, address: address - offset, count: count)
    }

    public func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer {
        guard address >= offset else { return .exception(RegisterBank.illegalAddress) }
        return unit.write(table, address: address - offset, values: values)
    }
}
