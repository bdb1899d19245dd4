/// How a value stands in registers.
public struct RegisterFormat: Hashable, Sendable {
    public let type: RegisterType
    public let order: RegisterOrder

    public init(_ type: RegisterType, _ order: RegisterOrder = .abcd) {
        self.type = type
        self.order = order
    }

    public var registerCount: Int { type.registerCount }
}

/// What kind of value stands in registers.
public enum RegisterType: Hashable, Sendable {
    public enum Width: Int, CaseIterable, Hashable, Sendable {
        case bits16 = 16
        case bits32 = 32
        case bits64 = 64
    }

    /// Two's complement where it is signed.
    case unsigned(Width)
    case signed(Width)
    /// IEEE 754 binary32 and binary64; infinities and NaN are no values.
    case float32, float64
    /// Four decimal digits, one in each four bits; a digit above 9 is no value.
    case bcd16
    /// Eight decimal digits.
    case bcd32
    /// One bit of a register, 0 the lowest.
    case bit(Int)
    /// A range of bits of one register, as an unsigned number.
    case bits(ClosedRange<Int>)
    /// Two printable ASCII characters in each register, the first in the high byte; spaces and zeros around are padding.
    case ascii(registers: Int)

    public var registerCount: Int {
        switch self {
        case .unsigned(let width), .signed(let width): width.rawValue / 16
        case .float32, .bcd32: 2
        case .float64: 4
        case .bcd16, .bit, .bits: 1
        case .ascii(let count): count
        }
    }

    /// Whether it decodes into a whole number.
    public var isInteger: Bool {
        switch self {
        case .unsigned, .signed, .bcd16, .bcd32, .bit, .bits: true
        case .float32, .float64, .ascii: false
        }
    }
}

/// What registers hold. Whole numbers are exact at any width: 64 bits do not fit a `Double`.
public enum RegisterValue: Hashable, Sendable {
    case integer(Int128)
    /// Always finite.
    case real(Double)
    case text(String)
}

/// Why registers hold no value, or a value fits no registers.
public enum RegisterFault: Error, Hashable, Sendable {
    /// Another count of registers than the format has.
    case wrongCount
    /// An infinity or NaN.
    case notFinite
    /// A digit above 9 in BCD.
    case notDecimal
    /// A character outside the printable ASCII.
    case notPrintable
    /// The format cannot hold such a value.
    case outOfRange
}
