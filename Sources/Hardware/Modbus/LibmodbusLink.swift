import CModbus
import Glibc
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

/// A bus through libmodbus' master side.
final class LibmodbusLink: ModbusLink {
    private let settings: BusSettings
    private var context: ModbusContext?

    init(_ settings: BusSettings) {
        self.settings = settings
    }

    func connect() throws(PortError) {
        context = nil
        guard let fresh = ModbusContext(settings.transport) else { throw explain(errno) }
        let microseconds = max(1, settings.responseTimeout.inNanoseconds / 1000)
        modbus_set_response_timeout(
            fresh.pointer, UInt32(microseconds / 1_000_000), UInt32(microseconds % 1_000_000))
        // Without a byte timeout the response timeout bounds the whole answer, however slowly it drips.
        modbus_set_byte_timeout(fresh.pointer, 0, 0)
        guard modbus_connect(fresh.pointer) == 0 else { throw explain(errno) }
        // What a port collected before it was opened is nobody's answer.
        modbus_flush(fresh.pointer)
        context = consume fresh
    }

    func exchange(_ request: ModbusRequest, unit: UInt8) throws(ExchangeFailure) -> [UInt16] {
        guard let pointer = context?.pointer else { throw .disconnected(explain(ENOTCONN)) }
        modbus_set_slave(pointer, Int32(unit))
        var registers = [UInt16](repeating: 0, count: request.answerCount)
        let result =
            switch request {
            case .readHolding(let range):
                modbus_read_registers(pointer, Int32(range.address), Int32(range.count), &registers)
            case .readInput(let range):
                modbus_read_input_registers(pointer, Int32(range.address), Int32(range.count), &registers)
            case .writeHolding(let address, let value):
                modbus_write_register(pointer, Int32(address), value)
            }
        guard result >= 0 else { throw failure(errno) }
        return registers
    }

    func flush() {
        if let pointer = context?.pointer { modbus_flush(pointer) }
    }

    func close() {
        context = nil
    }

    private func failure(_ error: Int32) -> ExchangeFailure {
        switch cmodbus_classify(error) {
        case CMODBUS_TIMEOUT: .timeout
        case CMODBUS_EXCEPTION: .exception(UInt8(truncatingIfNeeded: error - MODBUS_ENOBASE))
        case CMODBUS_BAD_FRAME: .badFrame
        // A C enum is open to Swift; the shim returns nothing else than CMODBUS_DISCONNECTED here.
        default: .disconnected(explain(error))
        }
    }

    private func explain(_ error: Int32) -> PortError {
        switch settings.transport {
        case .rtu(let path, _, _, _):
            DeviceFile(path: path, customaryGroup: "dialout").explain(error, tried: "Opening the serial port")
        case .tcp(let host, let port):
            DeviceFile(path: "\(host):\(port)", customaryGroup: "")
                .explain(error, tried: "Connecting the Modbus bus to")
        }
    }
}
