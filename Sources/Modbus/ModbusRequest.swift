/// A request to one unit. One that could not be valid cannot be built.
public enum ModbusRequest: Hashable, Sendable {
    /// Function code 1.
    case readCoils(BitRange)
    /// Function code 2.
    case readDiscreteInputs(BitRange)
    /// Function code 3.
    case readHolding(RegisterRange)
    /// Function code 4.
    case readInput(RegisterRange)
    /// Function code 5.
    case writeCoil(address: UInt16, isOn: Bool)
    /// Function code 6.
    case writeHolding(address: UInt16, value: UInt16)
    /// Function code 15.
    case writeCoils(CoilValues)
    /// Function code 16.
    case writeHoldings(RegisterValues)

    /// Section 6 of the Modbus application protocol V1.1b3.
    public var functionCode: UInt8 {
        switch self {
        case .readCoils: 1
        case .readDiscreteInputs: 2
        case .readHolding: 3
        case .readInput: 4
        case .writeCoil: 5
        case .writeHolding: 6
        case .writeCoils: 15
        case .writeHoldings: 16
        }
    }

    public var isWrite: Bool {
        switch self {
        case .readCoils, .readDiscreteInputs, .readHolding, .readInput: false
        case .writeCoil, .writeHolding, .writeCoils, .writeHoldings: true
        }
    }
}

/// What a unit answered to a request, as the request says: as many registers or bits as it asked for.
public enum ModbusAnswer: Hashable, Sendable {
    case registers([UInt16])
    case bits([Bool])
    case written
}

/// Exception codes (V1.1b3, section 7).
public enum ModbusException {
    public static let illegalFunction: UInt8 = 1
    public static let illegalAddress: UInt8 = 2
    public static let illegalValue: UInt8 = 3
    public static let deviceFailure: UInt8 = 4
    public static let acknowledge: UInt8 = 5
    public static let busy: UInt8 = 6
    public static let gatewayPathUnavailable: UInt8 = 10
    public static let gatewayTargetSilent: UInt8 = 11

    /// For a person; exceptions that the standard does not name are told by their number.
    public static func name(of code: UInt8) -> String {
        switch code {
        case illegalFunction: "illegal function"
        case illegalAddress: "illegal data address"
        case illegalValue: "illegal data value"
        case deviceFailure: "device failure"
        case acknowledge: "acknowledge"
        case busy: "device busy"
        case gatewayPathUnavailable: "gateway path unavailable"
        case gatewayTargetSilent: "gateway target does not answer"
        // The code is the device's.
        default: "exception \(code)"
        }
    }
}
