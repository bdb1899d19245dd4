/// The four Modbus tables.
public enum RegisterTable: String, CaseIterable, Hashable, Sendable {
    case coils, discreteInputs, holdingRegisters, inputRegisters
}

/// What a simulated unit does with a request.
public indirect enum SlaveAnswer: Hashable, Sendable {
    /// The values read (bits as 0 and 1), or an empty array for a write that was carried out.
    case values([UInt16])
    /// A Modbus exception code, such as 2 (illegal data address) or 6 (busy).
    case exception(UInt8)
    /// The unit does not answer at all.
    case silence
    /// An answer with which something happens on its way.
    case distorted(SlaveAnswer, by: WireFault)

    /// An RTU answer whose check sum is wrong (over TCP: silence).
    public static func badChecksum(_ values: [UInt16]) -> SlaveAnswer { .distorted(.values(values), by: .badChecksum) }
}

/// One simulated device as its bus sees it. Called on the bus's thread.
public protocol SlaveUnit: Sendable {
    /// - Parameter count: at least 1; `address + count` is at most 65 536.
    func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer
    /// - Parameter values: at least one; `address` and their number are together at most 65 536.
    func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer
    /// What it says of itself when asked for its server id (V1.1b3, 6.13), at most 250 bytes; nil, as with most
    /// devices: it has not that function.
    var serverID: [UInt8]? { get }
}

extension SlaveUnit {
    public var serverID: [UInt8]? { nil }
}
