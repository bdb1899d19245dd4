import StationPorts
import Vocabulary

/// How the reference station RS-1 is wired: the same numbers as in its shipped configuration.
public enum ReferenceStation {
    public static let bins = [
        BinSettings(id: "reuse", position: .home, levelSensor: "level-reuse"),
        BinSettings(id: "plastic", position: .left, levelSensor: "level-plastic"),
        BinSettings(id: "fibre", position: .right, levelSensor: "level-fibre"),
        BinSettings(id: "metal-glass", position: .both, levelSensor: "level-metal-glass"),
    ]

    /// Its devices by the names of its configuration.
    public static let devices: [DeviceID: SimulatedDevice] = Dictionary(
        uniqueKeysWithValues: (serialUnits.map(\.device) + networkUnits.map(\.device)).map {
            (DeviceID(unchecked: $0.name), $0)
        })

    /// Unit ids on the RTU bus, whatever else hangs there.
    public static let serialUnits: [(unit: UInt8, device: SimulatedDevice)] =
        [(1, .scale), (2, .tagReader)]
        + bins.enumerated().map { (unit: UInt8(11 + $0.offset), device: .binLevel($0.element.id)) }

    /// Unit ids on the TCP bus of RS-1; on that of RS-1L there is only the drive.
    public static let networkUnits: [(unit: UInt8, device: SimulatedDevice)] = [(1, .nirHead), (2, .drive)]

    /// The 8-LED head's unit id on the RTU bus of RS-1L.
    public static let serialHeadUnit: (unit: UInt8, device: SimulatedDevice) = (4, .nirHead)

    /// The remote I/O's unit id on the RTU bus, if there is one.
    public static let remoteUnit: (unit: UInt8, device: SimulatedDevice) = (3, .remoteIO)

    /// What hangs on the RTU bus of a station with this equipment.
    public static func serialUnits(of equipment: StationEquipment) -> [(unit: UInt8, device: SimulatedDevice)] {
        serialUnits + (equipment.hasRemoteIO ? [remoteUnit] : [])
            + (equipment.nirHead == .led8 ? [serialHeadUnit] : [])
    }

    /// What hangs on the TCP bus of a station with this equipment.
    public static func networkUnits(of equipment: StationEquipment) -> [(unit: UInt8, device: SimulatedDevice)] {
        networkUnits.filter { $0.device != .nirHead || equipment.nirHead == .spectrometer }
    }

    /// The lines that hang on the remote I/O if there is one, by channel.
    public static let remoteInputs: [InputLine] = [.serviceKey]
    public static let remoteOutputs: [OutputLine] = [.lampGreen, .lampRed, .buzzer]

    /// Line offsets: the inputs from 0 on, the outputs after them, each in the order of their words.
    public static func offset(of line: InputLine) -> UInt32 { UInt32(line.ordinal) }
    public static func offset(of line: OutputLine) -> UInt32 { UInt32(InputLine.allCases.count + line.ordinal) }
    public static func output(at offset: UInt32) -> OutputLine? {
        OutputLine.allCases.first { Self.offset(of: $0) == offset }
    }
}

/// One device of a shared world as its bus sees it: the request comes at the clock's time.
public struct RegisterUnit: Sendable {
    public let device: SimulatedDevice
    private let world: SharedWorld
    private let clock: any MonotonicClock

    public init(_ device: SimulatedDevice, of world: SharedWorld, clock: any MonotonicClock) {
        self.device = device
        self.world = world
        self.clock = clock
    }

    public func read(_ space: RegisterSpace, address: UInt16, count: UInt16) -> RegisterAnswer {
        world.with { $0.read(device, space, address: address, count: count, at: clock.now) }
    }

    public func write(_ space: RegisterSpace, address: UInt16, values: [UInt16]) -> RegisterAnswer {
        world.with { $0.write(device, space, address: address, values: values, at: clock.now) }
    }
}
