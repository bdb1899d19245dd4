/// The Modbus tables.
public enum RegisterSpace: String, CaseIterable, Hashable, Sendable {
    case holding, input
    /// Single bits, as values 0 and 1.
    case coil, discreteInput
}

/// What a device does with a request.
public enum RegisterAnswer: Hashable, Sendable {
    /// The registers read, or none for a write that was carried out.
    case values([UInt16])
    case exception(RegisterException)
    /// The device does not answer at all.
    case silence
    /// It answers, and the line spoils the frame.
    case badChecksum([UInt16])
}

/// Modbus exception codes (Modbus application protocol 1.1b3, section 7).
public enum RegisterException: UInt8, CaseIterable, Hashable, Sendable {
    case illegalFunction = 1
    case illegalAddress = 2
    case illegalValue = 3
    case busy = 6
}

/// What all requests of one kind have in common: the registers wanted, checked against the device's own limit.
struct RegisterRange {
    var first: Int
    var count: Int

    /// Nil if the device refuses to serve so many at once.
    init?(address: UInt16, count: UInt16, limit: Int) {
        guard (1...limit).contains(Int(count)) else { return nil }
        first = Int(address)
        self.count = Int(count)
    }

    /// Answers with `register(address)` of each, or with exception 2 if the device has one of them not.
    func answer(_ register: (Int) -> UInt16?) -> RegisterAnswer {
        var values: [UInt16] = []
        values.reserveCapacity(count)
        for address in first..<(first + count) {
            guard let value = register(address) else { return .exception(.illegalAddress) }
            values.append(value)
        }
        return .values(values)
    }
}

extension UInt32 {
    var highWord: UInt16 { UInt16(self >> 16) }
    var lowWord: UInt16 { UInt16(truncatingIfNeeded: self) }
}
