import StationPorts
import Vocabulary

/// One bus, one exchange at a time. Blocking; used by the bus's own thread only.
protocol ModbusLink: AnyObject {
    /// Opens the port or the connection anew; a former one is closed first.
    func connect() throws(PortError)
    /// Sends a request and waits for its answer, at most the response timeout.
    /// - Returns: exactly `request.answerCount` registers.
    func exchange(_ request: ModbusRequest, unit: UInt8) throws(ExchangeFailure) -> [UInt16]
    /// Drops what lies in the receive buffer, such as the rest of a bad frame or a late answer.
    func flush()
    func close()
}

/// Why an exchange brought no registers, sorted by who is to blame.
enum ExchangeFailure: Error, Hashable, Sendable {
    /// The device said no.
    case exception(UInt8)
    /// The device said nothing.
    case timeout
    /// The wire: an answer that cannot be this request's.
    case badFrame
    /// There is no port or connection any more; ends the session.
    case disconnected(PortError)

    var readingFailure: ReadingFailure {
        switch self {
        // 0x0B: a gateway answers for a device that is silent.
        case .exception(let code): code == ModbusException.gatewayTargetSilent ? .timeout : .refused
        case .timeout: .timeout
        case .badFrame: .badFrame
        case .disconnected: .notConnected
        }
    }
}

/// Exception codes of the Modbus application protocol V1.1b3, section 7.
enum ModbusException {
    static let acknowledge: UInt8 = 5
    static let busy: UInt8 = 6
    static let gatewayTargetSilent: UInt8 = 11

    /// The device will be able to answer in a moment.
    static func isPassing(_ code: UInt8) -> Bool { code == acknowledge || code == busy }
}
