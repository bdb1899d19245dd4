import Vocabulary

/// What hangs on the station's lines and buses. Valid by construction: only the reader of the configuration makes one.
public struct HardwareSettings: Hashable, Sendable {
    public var lines: LineSettings
    public var buses: [BusSettings]
    public var devices: [DeviceSettings]

    public init(lines: LineSettings, buses: [BusSettings], devices: [DeviceSettings]) {
        self.lines = lines
        self.buses = buses
        self.devices = devices
    }
}

/// Which digital lines there are, and where.
public struct LineSettings: Hashable, Sendable {
    /// What the lines belong to.
    public enum Backend: Hashable, Sendable {
        /// A kernel GPIO chip, such as `/dev/gpiochip0`.
        case chip(path: String)
        /// The simulator's Unix socket.
        case socket(path: String)
    }
    public var backend: Backend
    public var inputs: [InputLine: LineAssignment]
    public var outputs: [OutputLine: LineAssignment]
    /// Lines that hang on a remote I/O instead; no line is in both.
    public var remoteInputs: [InputLine: RemotePlace]
    public var remoteOutputs: [OutputLine: RemotePlace]

    public init(
        backend: Backend, inputs: [InputLine: LineAssignment], outputs: [OutputLine: LineAssignment],
        remoteInputs: [InputLine: RemotePlace] = [:], remoteOutputs: [OutputLine: RemotePlace] = [:]
    ) {
        self.backend = backend
        self.inputs = inputs
        self.outputs = outputs
        self.remoteInputs = remoteInputs
        self.remoteOutputs = remoteOutputs
    }
}

/// Where a line hangs on a remote I/O, and how its level is meant.
public struct RemotePlace: Hashable, Sendable {
    public var device: DeviceID
    /// 0 is the first; inputs and outputs are counted apart.
    public var channel: Int
    /// Whether an input is active when its channel is off. An output is always energised when its channel is on, so
    /// that a module without supply, and one that the daemon left, is the de-energised state.
    public var isActiveLow: Bool

    public init(device: DeviceID, channel: Int, isActiveLow: Bool = false) {
        self.device = device
        self.channel = channel
        self.isActiveLow = isActiveLow
    }
}

/// One digital line: where it is and how its level is meant.
public struct LineAssignment: Hashable, Sendable {
    /// Where the line is on the chip.
    public enum Place: Hashable, Sendable, CustomStringConvertible {
        /// 0 is the first.
        case offset(UInt32)
        /// As the board's description calls it; looked up when the chip is opened.
        case name(String)

        public var description: String {
            switch self {
            case .offset(let offset): "offset \(offset)"
            case .name(let name): "\"\(name)\""
            }
        }
    }
    /// The pull that the chip gives the line.
    public enum Bias: String, CaseIterable, Hashable, Sendable {
        case asIs, disabled, pullUp, pullDown
    }
    /// How the chip drives an output: both levels, or only one of them with the other left to a resistor.
    public enum Drive: String, CaseIterable, Hashable, Sendable {
        case pushPull, openDrain, openSource
    }
    public var place: Place
    /// Whether the line is active, or energised, when its level is low.
    public var isActiveLow: Bool
    public var bias: Bias
    /// Inputs ignore it.
    public var drive: Drive
    /// A level must have held this long before it is believed; outputs ignore it.
    public var debounce: Duration

    public init(
        _ place: Place, isActiveLow: Bool = false, bias: Bias = .asIs, drive: Drive = .pushPull,
        debounce: Duration = .milliseconds(5)
    ) {
        self.place = place
        self.isActiveLow = isActiveLow
        self.bias = bias
        self.drive = drive
        self.debounce = debounce
    }

    public init(offset: UInt32, isActiveLow: Bool = false, bias: Bias = .asIs, debounce: Duration = .milliseconds(5)) {
        self.init(.offset(offset), isActiveLow: isActiveLow, bias: bias, debounce: debounce)
    }
}

/// One Modbus bus: a serial port or a TCP endpoint. Each has one thread that makes all its blocking calls.
public struct BusSettings: Hashable, Sendable {
    /// Of a serial port.
    public enum Parity: String, CaseIterable, Hashable, Sendable {
        case none, even, odd
    }
    /// What carries the frames; `baud` in bits per second, `stopBits` 1 or 2.
    public enum Transport: Hashable, Sendable {
        case rtu(path: String, baud: Int, parity: Parity, stopBits: Int)
        case tcp(host: String, port: Int)
    }
    public var id: String
    public var transport: Transport
    /// From the end of a request to the first byte of its answer; a device may have one of its own.
    public var responseTimeout: Duration
    /// Between two bytes of an answer.
    public var byteTimeout: Duration
    /// Least silence between two frames; on a serial line at least 3.5 characters.
    public var gap: Duration

    public init(
        id: String, transport: Transport, responseTimeout: Duration, byteTimeout: Duration = .milliseconds(100),
        gap: Duration
    ) {
        self.id = id
        self.transport = transport
        self.responseTimeout = responseTimeout
        self.byteTimeout = byteTimeout
        self.gap = gap
    }
}

/// One device on a bus.
public struct DeviceSettings: Hashable, Sendable {
    public var id: DeviceID
    public var bus: String
    /// Modbus unit id, 1 to 247.
    public var unit: UInt8
    public var driver: Driver
    /// How often it is polled while nothing is asked of it.
    public var period: Duration
    /// Of polls that are due, that of the device with the greater priority goes first; 0 to 9.
    public var priority: Int
    /// Nil: the bus's.
    public var responseTimeout: Duration?
    /// What the drive calls 100 %, in 0.01 Hz; nil for every device whose speed is told in hertz.
    public var referenceMaximumCentihertz: UInt16?

    public init(
        id: DeviceID, bus: String, unit: UInt8, driver: Driver, period: Duration, priority: Int = 5,
        responseTimeout: Duration? = nil, referenceMaximumCentihertz: UInt16? = nil
    ) {
        self.id = id
        self.bus = bus
        self.unit = unit
        self.driver = driver
        self.period = period
        self.priority = priority
        self.responseTimeout = responseTimeout
        self.referenceMaximumCentihertz = referenceMaximumCentihertz
    }
}

/// The drivers by the name that the configuration uses.
public enum DriverName: String, CaseIterable, Hashable, Sendable {
    case laumasTLB4 = "laumas-tlb4"
    case technotradeVRD485 = "technotrade-vrd485"
    case elsnerSO250 = "elsner-so250"
    case deltaMS300 = "delta-ms300"
    case nirHead = "nir-head"
    case nirHeadLED8 = "nir-head-led8"
    case inveoRFIDMB10 = "inveo-rfid-mb10"
    case danfossFC202 = "danfoss-fc202"
    case waveshareIO8CH = "waveshare-io-8ch"

    /// What the device is good for; a station has at most one device per evidence source and one drive.
    public enum Role: Hashable, Sendable {
        case evidence(EvidenceSource)
        case binLevel
        case drive
        /// Inputs and outputs on a bus; a station may have several.
        case remoteIO
        /// Its points are shown to people, and that is all.
        case monitor
    }

    /// What the station uses the driver for.
    public var role: Role {
        switch self {
        case .laumasTLB4: .evidence(.scale)
        case .technotradeVRD485: .evidence(.tagReader)
        case .nirHead, .nirHeadLED8: .evidence(.nirHead)
        case .elsnerSO250: .binLevel
        case .deltaMS300: .drive
        case .inveoRFIDMB10: .evidence(.tagReader)
        case .danfossFC202: .drive
        case .waveshareIO8CH: .remoteIO
        }
    }

    /// What kind of near-infrared head the driver reads; nil for every other device.
    public var nirHeadKind: NIRHeadKind? {
        switch self {
        case .nirHead: .spectrometer
        case .nirHeadLED8: .led8
        case .laumasTLB4, .technotradeVRD485, .elsnerSO250, .deltaMS300, .inveoRFIDMB10, .danfossFC202, .waveshareIO8CH:
            nil
        }
    }
}
