import SimulatedBus
import SimulatedStation

/// A simulated device on a simulated bus.
struct BusAdapter: SlaveUnit {
    let unit: RegisterUnit

    func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer {
        switch table {
        case .holdingRegisters: answer(unit.read(.holding, address: address, count: count))
        case .inputRegisters: answer(unit.read(.input, address: address, count: count))
        // None of the devices has single bits.
        case .coils, .discreteInputs: .exception(RegisterException.illegalFunction.rawValue)
        }
    }

    func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer {
        switch table {
        case .holdingRegisters: answer(unit.write(address: address, values: values))
        case .inputRegisters, .coils, .discreteInputs: .exception(RegisterException.illegalFunction.rawValue)
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
