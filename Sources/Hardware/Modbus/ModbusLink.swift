import Modbus
import StationPorts
import Vocabulary

/// One bus, one exchange at a time. Blocking; used by the bus's own thread only.
protocol ModbusLink: AnyObject {
    /// Opens the port or the connection anew; a former one is closed first.
    func connect() throws(PortError)
    /// Sends a request and waits for its answer.
    func exchange(
        _ request: ModbusRequest, unit: UInt8, within timing: ExchangeTiming
    ) throws(ExchangeFailure) -> ModbusAnswer
    /// Whether bytes lie in the receive buffer that nobody asked for: noise, or an answer that came too late.
    var hasStrayInput: Bool { get }
    /// Drops what lies in the receive buffer.
    func flush()
    func close()
}

/// A link that can also ask a unit what it is.
protocol IdentifyingLink: ModbusLink {
    /// Function code and data of the answer to function code 17.
    func reportServerID(unit: UInt8, within timing: ExchangeTiming) throws(ExchangeFailure) -> [UInt8]
}

/// Why an exchange brought no answer, sorted by who is to blame.
public enum ExchangeFailure: Error, Hashable, Sendable {
    /// The device said no.
    case exception(UInt8)
    /// The device said nothing.
    case timeout
    /// The wire: an answer that cannot be this request's.
    case badFrame
    /// There is no port or connection any more; ends the session.
    case disconnected(PortError)

    public var readingFailure: ReadingFailure {
        switch self {
        // 0x0B: a gateway answers for a device that is silent.
        case .exception(let code): code == ModbusException.gatewayTargetSilent ? .timeout : .refused
        case .timeout: .timeout
        case .badFrame: .badFrame
        case .disconnected: .notConnected
        }
    }
}

/// How often and after which pause a refused request is repeated.
struct ExceptionRetry: Hashable, Sendable {
    let limit: Int
    let pause: Duration

    /// The device will be able to answer in a moment.
    static let busy = ExceptionRetry(limit: 3, pause: .milliseconds(50))
    /// The gateway's way to the device, or the device behind it, did not answer it: each repetition costs the gateway's
    /// own timeout.
    static let gateway = ExceptionRetry(limit: 1, pause: .milliseconds(100))

    /// Nil for exceptions that would be the same again.
    init?(code: UInt8) {
        switch code {
        case ModbusException.acknowledge, ModbusException.busy: self = .busy
        case ModbusException.gatewayPathUnavailable, ModbusException.gatewayTargetSilent: self = .gateway
        // The codes are the device's.
        default: return nil
        }
    }

    private init(limit: Int, pause: Duration) {
        self.limit = limit
        self.pause = pause
    }
}
