import SimulatedBus
import SimulatedStation

/// A simulated device on a simulated bus.
struct BusAdapter: SlaveUnit {
    let unit: RegisterUnit

    func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer {
        answer(unit.read(space(of: table), address: address, count: count))
    }

    func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer {
        answer(unit.write(space(of: table), address: address, values: values))
    }

    private func space(of table: RegisterTable) -> RegisterSpace {
        switch table {
        case .coils: .coil
        case .discreteInputs: .discreteInput
        case .holdingRegisters: .holding
        case .inputRegisters: .input
        }
    }

    private func answer(_ answer: RegisterAnswer) -> SlaveAnswer {
        switch answer {
        case .values(let values): .values(values)
        case .exception(let code): .exception(code.rawValue)
        case .silence: .silence
        case .badChecksum(let values): .badChecksum(values)
        }
    }
}
