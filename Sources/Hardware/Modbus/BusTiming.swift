import Modbus
import StationConfig
import Vocabulary

/// How long one exchange may take.
struct ExchangeTiming: Hashable, Sendable {
    /// From the end of writing the request to the first bytes of the answer.
    var response: Duration
    /// Between two bytes of the answer.
    var byte: Duration
}

/// The bounds that a bus puts on its traffic.
struct BusTiming: Hashable, Sendable {
    /// Least silence between two frames.
    var gap: Duration
    /// Silence after a frame that made no sense, so that a device which is still sending is heard out.
    var badFrameSilence: Duration
    /// A connection with a gateway or a network between can be dead without a sign: it is made anew when nothing
    /// answers, and when its bytes make no sense. A serial port has nothing to make anew.
    var isStream: Bool
    private var byteTimeout: Duration
    private var responseTimeout: Duration
    private var serial: SerialFormat?

    init(_ settings: BusSettings) {
        responseTimeout = settings.responseTimeout
        byteTimeout = settings.byteTimeout
        switch settings.transport {
        case .rtu(_, let baud, let parity, let stopBits):
            let format = SerialFormat(baud: baud, hasParity: parity != .none, stopBits: stopBits)
            serial = format
            gap = max(settings.gap, .nanoseconds(format.silenceNanoseconds))
            badFrameSilence = gap * Self.badFrameGaps
            isStream = false
        case .tcp:
            serial = nil
            gap = settings.gap
            badFrameSilence = settings.gap
            isStream = true
        }
    }

    /// Writing to a serial port returns before the bytes are on the line: their time is added.
    func exchange(_ request: ModbusRequest, with device: DeviceSettings) -> ExchangeTiming {
        exchange(pduByteCount: request.pduByteCount, responseTimeout: device.responseTimeout)
    }

    /// - Parameter specific: nil: the bus's own.
    func exchange(pduByteCount: Int, responseTimeout specific: Duration?) -> ExchangeTiming {
        var response = specific ?? responseTimeout
        if let serial {
            let characters = SerialFormat.frameByteCount(pdu: pduByteCount)
            response += .nanoseconds(serial.nanoseconds(characters: characters))
        }
        return ExchangeTiming(response: response, byte: byteTimeout)
    }

    /// For so long after a timeout a unit is asked nothing: a late answer would be taken for that to the next request.
    func lateAnswerRest(of device: DeviceSettings) -> Duration { device.responseTimeout ?? responseTimeout }

    private static let badFrameGaps = 3
}
