/// A unit that says no before it does what it is asked: busy (06) while it measures, or a gateway before it that has no
/// path (0A) or got no answer (0B).
public struct Refusing: SlaveUnit {
    public static let busy: UInt8 = 6
    public static let gatewayPathUnavailable: UInt8 = 10
    public static let gatewayTargetSilent: UInt8 = 11

    private let unit: any SlaveUnit
    private let exception: UInt8
    private let occasions: Occasions

    public init(_ unit: any SlaveUnit, with exception: UInt8, on occasions: Occasions) {
        self.unit = unit
        self.exception = exception
        self.occasions = occasions
    }

    public func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer {
        occasions.isNow() ? .exception(exception) : unit.read(table, address: address, count: count)
    }

    public func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer {
        occasions.isNow() ? .exception(exception) : unit.write(table, address: address, values: values)
    }
}
