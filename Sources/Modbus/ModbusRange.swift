/// A range of registers that one request may cover: 1 to 125 for a read (Modbus application protocol V1.1b3, 6.3).
public struct RegisterRange: Hashable, Sendable {
    public static let countLimit = 125

    public let address: UInt16
    public let count: UInt16

    public init(_ address: UInt16, count: UInt16) {
        precondition((1...Self.countLimit).contains(Int(count)), "a read covers 1 to 125 registers, not \(count)")
        precondition(Int(address) + Int(count) <= addressCount, "the registers end at 65535")
        self.address = address
        self.count = count
    }

    /// For numbers that a person gave: nil unless one request may cover them.
    public init?(checking address: Int, count: Int) {
        guard isCoverable(address, count, limit: Self.countLimit) else { return nil }
        self.init(UInt16(address), count: UInt16(count))
    }

    /// The first address behind the range, at most 65536.
    public var end: Int { Int(address) + Int(count) }

    /// `count` registers from `address`, in as few reads as the limit allows.
    public static func chunks(from address: UInt16, count: Int) -> [RegisterRange] {
        stride(from: 0, to: count, by: countLimit).map { offset in
            RegisterRange(address + UInt16(offset), count: UInt16(min(countLimit, count - offset)))
        }
    }
}

/// A range of coils or discrete inputs that one read may cover: 1 to 2000 (V1.1b3, 6.1).
public struct BitRange: Hashable, Sendable {
    public static let countLimit = 2000

    public let address: UInt16
    public let count: UInt16

    public init(_ address: UInt16, count: UInt16) {
        precondition((1...Self.countLimit).contains(Int(count)), "a read covers 1 to 2000 bits, not \(count)")
        precondition(Int(address) + Int(count) <= addressCount, "the bits end at 65535")
        self.address = address
        self.count = count
    }

    /// For numbers that a person gave: nil unless one request may cover them.
    public init?(checking address: Int, count: Int) {
        guard isCoverable(address, count, limit: Self.countLimit) else { return nil }
        self.init(UInt16(address), count: UInt16(count))
    }
}

/// Neighbouring registers and what is written to them: 1 to 123 (V1.1b3, 6.12).
public struct RegisterValues: Hashable, Sendable {
    public static let countLimit = 123

    public let address: UInt16
    public let values: [UInt16]

    /// Nil unless one request may write them.
    public init?(_ address: UInt16, _ values: [UInt16]) {
        guard isCoverable(Int(address), values.count, limit: Self.countLimit) else { return nil }
        self.address = address
        self.values = values
    }
}

/// Neighbouring coils and what is written to them: 1 to 1968 (V1.1b3, 6.11).
public struct CoilValues: Hashable, Sendable {
    public static let countLimit = 1968

    public let address: UInt16
    public let values: [Bool]

    /// Nil unless one request may write them.
    public init?(_ address: UInt16, _ values: [Bool]) {
        guard isCoverable(Int(address), values.count, limit: Self.countLimit) else { return nil }
        self.address = address
        self.values = values
    }
}

/// Each of the four tables has so many addresses.
private let addressCount = 65_536

private func isCoverable(_ address: Int, _ count: Int, limit: Int) -> Bool {
    (0..<addressCount).contains(address) && (1...limit).contains(count) && address + count <= addressCount
}
