/// One quantity of a device: where it stands, how it is to be read, and when it is to be believed.
public struct RegisterPoint: Hashable, Sendable {
    /// Where it stands, and for registers in which form. Addresses count from 0, as they travel.
    public enum Source: Hashable, Sendable {
        case coil(UInt16)
        case discrete(UInt16)
        case holding(UInt16, RegisterFormat)
        case input(UInt16, RegisterFormat)
    }

    /// Unique within the map.
    public let name: String
    public let source: Source
    public let span: RegisterSpan
    /// Empty for what has none.
    public let unit: String
    /// How a number is to be read; flags and texts ignore it.
    public let scaling: RegisterScaling
    /// In this order the first that is broken says why there is no value.
    public let rules: [QualityRule]
    public let latch: Latch?

    /// Nil if it goes beyond address 65535.
    public init?(
        _ name: String, _ source: Source, unit: String = "", scaling: RegisterScaling = RegisterScaling(),
        rules: [QualityRule] = [], latch: Latch? = nil
    ) {
        let span =
            switch source {
            case .coil(let address): RegisterSpan(.coil, address, count: 1)
            case .discrete(let address): RegisterSpan(.discrete, address, count: 1)
            case .holding(let address, let format): RegisterSpan(.holding, address, count: format.registerCount)
            case .input(let address, let format): RegisterSpan(.input, address, count: format.registerCount)
            }
        guard let span else { return nil }
        self.name = name
        self.source = source
        self.span = span
        self.unit = unit
        self.scaling = scaling
        self.rules = rules
        self.latch = latch
    }

    /// Nil for coils and discrete inputs.
    public var format: RegisterFormat? {
        switch source {
        case .coil, .discrete: nil
        case .holding(_, let format), .input(_, let format): format
        }
    }

    /// What kind of value the point has.
    public enum Kind: Hashable, Sendable {
        /// A whole number of so many bits.
        case integer(bits: Int)
        case real, flag, text
    }

    public var kind: Kind {
        switch format?.type {
        case nil, .bit: .flag
        case .unsigned(let width), .signed(let width): .integer(bits: width.rawValue)
        case .bcd16: .integer(bits: 16)
        case .bcd32: .integer(bits: 32)
        case .bits(let range): .integer(bits: range.count)
        case .float32, .float64: .real
        case .ascii: .text
        }
    }

    /// A flag that says whether there is a new value. It is cleared by a write after the value was taken.
    public struct Latch: Hashable, Sendable {
        /// What the value is while the flag is clear.
        public enum Unset: String, CaseIterable, Hashable, Sendable {
            /// There is nothing, such as no tag.
            case none
            /// It has not settled yet.
            case unstable
        }

        /// A coil, or one bit of a holding register.
        public let point: String
        public let unset: Unset

        public init(point: String, unset: Unset = .none) {
            self.point = point
            self.unset = unset
        }
    }
}

/// How the whole number or float in the registers becomes the point's number: times `scale`, the point moved by the
/// other points' decimals, plus `offset`.
public struct RegisterScaling: Hashable, Sendable {
    /// Moving the point further is no setting of a device.
    public static let decimalsLimit = 9
    public static let codesLimit = 256

    public let scale: ExactDecimal
    public let offset: ExactDecimal
    /// The sum of these points' numbers says how many places the decimal point moves to the left.
    public let decimalsFrom: [String]
    /// What is outside is no value.
    public let plausible: ClosedRange<ExactDecimal>?
    /// The whole number in the registers that means that there is nothing.
    public let noneValue: Int128?
    /// If there are any, the number in the registers is a code from 0, and this is what each stands for.
    public let codes: [ExactDecimal]

    public init(
        scale: ExactDecimal = .one, offset: ExactDecimal = .zero, decimalsFrom: [String] = [],
        plausible: ClosedRange<ExactDecimal>? = nil, noneValue: Int128? = nil, codes: [ExactDecimal] = []
    ) {
        self.scale = scale
        self.offset = offset
        self.decimalsFrom = decimalsFrom
        self.plausible = plausible
        self.noneValue = noneValue
        self.codes = codes
    }
}

/// Something that must hold for a point's value to be one.
public struct QualityRule: Hashable, Sendable {
    /// Why there is no value if it does not hold.
    public enum Failure: String, CaseIterable, Hashable, Sendable {
        /// The device says itself that it has none.
        case refused
        /// The device is at fault.
        case implausible
        /// The value has not settled: a measurement looks again.
        case unstable
    }

    /// What is asked of the whole number in another point's registers, before its codes, scale and rules.
    public enum Test: Hashable, Sendable {
        case equals(Int128)
        /// 0 is the lowest bit.
        case bitSet(Int)

        public func holds(for number: Int128) -> Bool {
            switch self {
            case .equals(let other): number == other
            case .bitSet(let bit): number >> Int128(bit) & 1 == 1
            }
        }
    }

    public let point: String
    public let test: Test
    /// What the test must answer for the value to be good.
    public let expected: Bool
    public let failure: Failure

    public init(point: String, _ test: Test, expected: Bool, failure: Failure) {
        self.point = point
        self.test = test
        self.expected = expected
        self.failure = failure
    }
}
