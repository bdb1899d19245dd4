import Modbus
import StationConfig
import StationPorts
import Vocabulary

/// Asks every configured device on its bus, reads only, and says what is wrong in terms of wires and settings.
public struct BusProbe {
    /// Bit rate, parity and stop bits of a serial line.
    public struct Format: Hashable, Sendable {
        public var baud: Int
        public var parity: BusSettings.Parity
        public var stopBits: Int

        public init(baud: Int, parity: BusSettings.Parity, stopBits: Int) {
            self.baud = baud
            self.parity = parity
            self.stopBits = stopBits
        }

        /// The usual ones, those that most devices leave the factory with first.
        public static let usual: [Format] = [BusSettings.Parity.none, .even, .odd].flatMap { parity in
            [9600, 19200, 38400, 115_200, 57600, 4800, 2400].map { Format(baud: $0, parity: parity, stopBits: 1) }
        }
    }

    public struct DeviceReport: Hashable, Sendable {
        public var device: DeviceSettings
        public var finding: PollFinding
        /// More bytes follow its answers.
        public var answersTwice = false
        /// It answered after the time that an answer may take.
        public var isLate = false

        public init(device: DeviceSettings, finding: PollFinding) {
            self.device = device
            self.finding = finding
        }

        public var isWell: Bool {
            guard case .plausible = finding else { return false }
            return !answersTwice && !isLate
        }

        /// Gave at least one valid answer.
        public var answers: Bool {
            switch finding {
            case .plausible, .implausible, .noAnswer(.exception): true
            case .noAnswer(.timeout), .noAnswer(.badFrame), .noAnswer(.disconnected): false
            }
        }
    }

    public enum BusState: Hashable, Sendable {
        case works
        case cannotBeOpened(PortError)
        /// No unit answers with the configured format; this one does with another.
        case answersWith(Format, unit: UInt8)
        /// No unit answers, on a serial line with none of the usual formats.
        case nobodyAnswers
    }

    public struct BusReport: Hashable, Sendable {
        public var bus: BusSettings
        public var state: BusState
        /// Empty if the bus cannot be opened.
        public var devices: [DeviceReport]

        public init(bus: BusSettings, state: BusState, devices: [DeviceReport]) {
            self.bus = bus
            self.state = state
            self.devices = devices
        }

        public var isWell: Bool { state == .works && devices.allSatisfy(\.isWell) }
    }

    public enum Progress: Hashable, Sendable {
        case asking(DeviceSettings)
        case trying(Format)
    }

    private let makeConsole: (BusSettings) -> BusConsole
    private let conveyorSpeedCentihertz: UInt16

    public init(conveyorSpeedCentihertz: UInt16) {
        self.init(conveyorSpeedCentihertz: conveyorSpeedCentihertz) { BusConsole($0) }
    }

    init(conveyorSpeedCentihertz: UInt16, makeConsole: @escaping (BusSettings) -> BusConsole) {
        self.conveyorSpeedCentihertz = conveyorSpeedCentihertz
        self.makeConsole = makeConsole
    }

    public func run(
        _ bus: BusSettings, devices: [DeviceSettings], progress: (Progress) -> Void = { _ in }
    ) -> BusReport {
        let console = makeConsole(bus)
        defer { console.close() }
        do {
            try console.open()
        } catch {
            return BusReport(bus: bus, state: .cannotBeOpened(error), devices: [])
        }
        var reports = devices.map { device in
            progress(.asking(device))
            return ask(device, on: console)
        }
        // A late answer shows when the next unit is asked.
        for index in reports.indices where console.lateUnits.contains(reports[index].device.unit) {
            reports[index].isLate = true
        }
        if reports.isEmpty || reports.contains(where: \.answers) {
            return BusReport(bus: bus, state: .works, devices: reports)
        }
        console.close()
        return BusReport(bus: bus, state: tryOtherFormats(bus, devices, progress), devices: reports)
    }

    private func ask(_ device: DeviceSettings, on console: BusConsole) -> DeviceReport {
        var poll = DevicePoll { makeDriver(device, conveyorSpeedCentihertz: conveyorSpeedCentihertz) }
        var patience = BusConsole.Patience.usual
        patience.responseTimeout = device.responseTimeout
        var report = DeviceReport(
            device: device, finding: poll.run(unit: device.unit, on: console, patience: patience))
        if report.answers { report.answersTwice = console.hearsMore(after: device.unit) }
        return report
    }

    private func tryOtherFormats(
        _ bus: BusSettings, _ devices: [DeviceSettings], _ progress: (Progress) -> Void
    ) -> BusState {
        guard case .rtu(let path, let baud, let parity, let stopBits) = bus.transport else { return .nobodyAnswers }
        let configured = Format(baud: baud, parity: parity, stopBits: stopBits)
        for format in Format.usual where format != configured {
            progress(.trying(format))
            var other = bus
            other.transport = .rtu(path: path, baud: format.baud, parity: format.parity, stopBits: format.stopBits)
            let console = makeConsole(other)
            defer { console.close() }
            for device in devices {
                // A port that does not support a rate, or has gone: nothing more can be learnt of it.
                guard let look = try? BusScan.ask(device.unit, on: console, patience: .none) else { break }
                if look == .there { return .answersWith(format, unit: device.unit) }
            }
        }
        return .nobodyAnswers
    }
}
