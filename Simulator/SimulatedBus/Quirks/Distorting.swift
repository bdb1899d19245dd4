/// A unit whose answers have a fault on the wire.
public struct Distorting: SlaveUnit {
    private let unit: any SlaveUnit
    private let fault: WireFault
    private let occasions: Occasions

    public init(_ unit: any SlaveUnit, by fault: WireFault, on occasions: Occasions = .always) {
        self.unit = unit
        self.fault = fault
        self.occasions = occasions
    }

    public func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer {
        distort(unit.read(table, address: address, count: count))
    }

    public func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer {
        distort(unit.write(table, address: address, values: values))
    }

    private func distort(_ answer: SlaveAnswer) -> SlaveAnswer {
        occasions.isNow() ? .distorted(answer, by: fault) : answer
    }
}
