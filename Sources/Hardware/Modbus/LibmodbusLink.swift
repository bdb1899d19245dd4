import CLinux
import CModbus
import Glibc
import Modbus
import StationConfig
import StationPorts
import Vocabulary

/// The owner of one libmodbus context.
struct ModbusContext: ~Copyable {
    let pointer: OpaquePointer

    /// Nil if libmodbus refuses the parameters; `errno` says why.
    init?(_ transport: BusSettings.Transport) {
        let made: OpaquePointer? =
            switch transport {
            case .rtu(let path, let baud, let parity, let stopBits):
                modbus_new_rtu(path, Int32(baud), parity.letter, 8, Int32(stopBits))
            case .tcp(let host, let port):
                modbus_new_tcp_pi(host, String(port))
            }
        guard let made else { return nil }
        pointer = made
    }

    deinit {
        modbus_close(pointer)
        modbus_free(pointer)
    }
}

extension BusSettings.Parity {
    fileprivate var letter: CChar {
        switch self {
        case .none: CChar(UInt8(ascii: "N"))
        case .even: CChar(UInt8(ascii: "E"))
        case .odd: CChar(UInt8(ascii: "O"))
        }
    }
}

/// A bus through libmodbus: it opens ports and connections, checks RTU's check sums and finds where a frame ends.
/// Requests and answers are built and checked by `Modbus`, because libmodbus knows an earlier exchange's late answer on
/// TCP only as an error and leaves the right one to the next request.
final class LibmodbusLink: IdentifyingLink {
    /// A connection that is not made by then has failed.
    static let connectTimeout: Duration = .seconds(2)
    /// A connection whose peer acknowledges nothing for so long is over.
    static let connectionTimeoutMilliseconds: UInt32 = 10_000
    /// More late answers before the right one are a peer that counts its transactions by itself.
    static let staleAnswersLimit = 16
    /// The longest frame of either transport (MODBUS_MAX_ADU_LENGTH).
    static let frameByteLimit = 260

    private let settings: BusSettings
    private var context: ModbusContext?
    private var lastTransaction: UInt16 = 0
    private var timing: ExchangeTiming?

    init(_ settings: BusSettings) {
        self.settings = settings
    }

    func connect() throws(PortError) {
        context = nil
        timing = nil
        guard let fresh = ModbusContext(settings.transport) else { throw explain(errno, opening: true) }
        let timeout = split(Self.connectTimeout)
        modbus_set_response_timeout(fresh.pointer, timeout.seconds, timeout.microseconds)
        guard modbus_connect(fresh.pointer) == 0 else { throw explain(errno, opening: true) }
        let descriptor = modbus_get_socket(fresh.pointer)
        switch settings.transport {
        case .rtu:
            guard linux_claim_device(descriptor) == 0 else { throw explain(errno, opening: true) }
            // What a port collected before it was opened is nobody's answer.
            modbus_flush(fresh.pointer)
        case .tcp:
            linux_watch_connection(descriptor, Self.connectionTimeoutMilliseconds)
        }
        context = consume fresh
    }

    func exchange(
        _ request: ModbusRequest, unit: UInt8, within timing: ExchangeTiming
    ) throws(ExchangeFailure) -> ModbusAnswer {
        let pointer = try prepare(timing)
        let answer =
            switch settings.transport {
            case .rtu: try exchangeSerial([unit] + request.pdu, unit, pointer)
            case .tcp:
                try exchangeTCP(
                    TCPFrame.encode(request, transaction: nextTransaction(), unit: unit), unit, pointer, within: timing)
            }
        do {
            return try request.decode(answer)
        } catch {
            switch error {
            case .exception(let code): throw .exception(code)
            case .malformed: throw .badFrame
            }
        }
    }

    func reportServerID(unit: UInt8, within timing: ExchangeTiming) throws(ExchangeFailure) -> [UInt8] {
        let pointer = try prepare(timing)
        let code = ServerIdentity.functionCode
        switch settings.transport {
        case .rtu: return Array(try exchangeSerial([unit, code], unit, pointer))
        case .tcp:
            let frame = TCPFrame.encode(functionCode: code, transaction: nextTransaction(), unit: unit)
            return Array(try exchangeTCP(frame, unit, pointer, within: timing))
        }
    }

    var hasStrayInput: Bool {
        switch settings.transport {
        case .rtu:
            guard let pointer = context?.pointer else { return false }
            return linux_pending_bytes(modbus_get_socket(pointer)) > 0
        case .tcp:
            // A late answer is known by its transaction; dropping bytes could cut it in two.
            return false
        }
    }

    func flush() {
        switch settings.transport {
        case .rtu: if let pointer = context?.pointer { modbus_flush(pointer) }
        case .tcp: break
        }
    }

    func close() {
        context = nil
    }
}

extension LibmodbusLink {
    private func prepare(_ timing: ExchangeTiming) throws(ExchangeFailure) -> OpaquePointer {
        guard let pointer = context?.pointer else { throw .disconnected(explain(ENOTCONN, opening: false)) }
        apply(timing, to: pointer)
        return pointer
    }

    private func nextTransaction() -> UInt16 {
        lastTransaction &+= 1
        return lastTransaction
    }

    /// - Parameter raw: unit, function code and data.
    private func exchangeSerial(
        _ raw: [UInt8], _ unit: UInt8, _ pointer: OpaquePointer
    ) throws(ExchangeFailure) -> ArraySlice<UInt8> {
        modbus_set_slave(pointer, Int32(unit))
        guard modbus_send_raw_request(pointer, raw, Int32(raw.count)) > 0 else { throw failure(errno) }
        let frame = try receive(pointer)
        // libmodbus says 0 for a frame of another unit, and lets unit 0 pass.
        guard frame.count > 3, frame[0] == unit else { throw .badFrame }
        return frame[1..<frame.count - 2]
    }

    /// - Parameter frame: of the last transaction.
    private func exchangeTCP(
        _ frame: [UInt8], _ unit: UInt8, _ pointer: OpaquePointer, within timing: ExchangeTiming
    ) throws(ExchangeFailure) -> ArraySlice<UInt8> {
        let sent = send(modbus_get_socket(pointer), frame, frame.count, Int32(MSG_NOSIGNAL))
        guard sent == frame.count else { throw .disconnected(explain(sent < 0 ? errno : EPIPE, opening: false)) }
        let deadline = linux_monotonic_nanoseconds() + timing.response.inNanoseconds
        for _ in 0..<Self.staleAnswersLimit {
            switch TCPFrame.match(try receive(pointer), transaction: lastTransaction, unit: unit) {
            case .answer(let pdu): return pdu
            case .broken: throw .badFrame
            case .stale:
                let left = deadline - linux_monotonic_nanoseconds()
                guard left > 0 else { throw .timeout }
                apply(ExchangeTiming(response: .nanoseconds(left), byte: timing.byte), to: pointer)
            }
        }
        throw .badFrame
    }

    /// One whole frame; empty if it is another unit's.
    private func receive(_ pointer: OpaquePointer) throws(ExchangeFailure) -> [UInt8] {
        var count: Int32 = 0
        let frame = [UInt8](unsafeUninitializedCapacity: Self.frameByteLimit) { buffer, filled in
            count = modbus_receive_confirmation(pointer, buffer.baseAddress)
            filled = max(0, Int(count))
        }
        guard count >= 0 else { throw failure(errno) }
        return frame
    }

    private func apply(_ fresh: ExchangeTiming, to pointer: OpaquePointer) {
        guard fresh != timing else { return }
        timing = fresh
        let (response, byte) = (split(fresh.response), split(fresh.byte))
        modbus_set_response_timeout(pointer, response.seconds, response.microseconds)
        modbus_set_byte_timeout(pointer, byte.seconds, byte.microseconds)
    }

    /// At least a microsecond: 0 means no timeout at all.
    private func split(_ duration: Duration) -> (seconds: UInt32, microseconds: UInt32) {
        let microseconds = max(1, duration.inNanoseconds / 1000)
        return (UInt32(microseconds / 1_000_000), UInt32(microseconds % 1_000_000))
    }

    private func failure(_ error: Int32) -> ExchangeFailure {
        switch cmodbus_classify(error) {
        case CMODBUS_TIMEOUT: .timeout
        case CMODBUS_BAD_FRAME: .badFrame
        // A C enum is open to Swift; the shim returns nothing else than CMODBUS_DISCONNECTED here.
        default: .disconnected(explain(error, opening: false))
        }
    }

    private func explain(_ error: Int32, opening: Bool) -> PortError {
        switch settings.transport {
        case .rtu(let path, _, _, _):
            DeviceFile(path: path, customaryGroup: "dialout")
                .explain(error, tried: opening ? "Opening the serial port" : "Using the serial port")
        case .tcp(let host, let port):
            DeviceFile(path: "\(host):\(port)", customaryGroup: "")
                .explain(error, tried: opening ? "Connecting the Modbus bus to" : "Using the Modbus connection to")
        }
    }
}
