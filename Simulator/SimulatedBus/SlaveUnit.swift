/// The four Modbus tables.
public enum RegisterTable: String, CaseIterable, Hashable, Sendable {
    case coils, discreteInputs, holdingRegisters, inputRegisters
}

/// What a simulated unit does with a request.
public enum SlaveAnswer: Hashable, Sendable {
    /// The values read (bits as 0 and 1), or an empty array for a write that was carried out.
    case values([UInt16])
    /// A Modbus exception code, such as 2 (illegal data address) or 6 (busy).
    case exception(UInt8)
    /// The unit does not answer at all.
    case silence
    /// An RTU answer whose check sum is wrong (over TCP: silence).
    case badChecksum([UInt16])
}

/// One simulated device as its bus sees it. Called on the bus's thread.
public protocol SlaveUnit: Sendable {
    func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer
    func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer
}
