import Modbus
import Vocabulary

extension DeviceSettings {
    /// What knows the device's registers.
    public enum Driver: Hashable, Sendable {
        case builtIn(DriverName)
        /// `driver: register-map`: the registers stand in a file.
        case registerMap(RegisterMap)

        /// What the station uses the device for.
        public var role: DriverName.Role {
            switch self {
            case .builtIn(let name): name.role
            case .registerMap(let map):
                switch map.role {
                case .monitor: .monitor
                case .scale: .evidence(.scale)
                case .tagReader: .evidence(.tagReader)
                case .binLevel: .binLevel
                }
            }
        }

        /// What kind of near-infrared head it reads; nil for every other device.
        public var nirHeadKind: NIRHeadKind? {
            switch self {
            case .builtIn(let name): name.nirHeadKind
            case .registerMap: nil
            }
        }
    }

    /// A device that a driver of our own knows.
    public init(
        id: DeviceID, bus: String, unit: UInt8, driver: DriverName, period: Duration, priority: Int = 5,
        responseTimeout: Duration? = nil, referenceMaximumCentihertz: UInt16? = nil
    ) {
        self.init(
            id: id, bus: bus, unit: unit, driver: .builtIn(driver), period: period, priority: priority,
            responseTimeout: responseTimeout, referenceMaximumCentihertz: referenceMaximumCentihertz)
    }
}

/// The words that `driver` may have.
enum DriverWord: RawRepresentable, CaseIterable {
    case builtIn(DriverName)
    case registerMap

    static let registerMapWord = "register-map"
    static var allCases: [DriverWord] { DriverName.allCases.map { .builtIn($0) } + [.registerMap] }

    init?(rawValue: String) {
        if rawValue == Self.registerMapWord {
            self = .registerMap
        } else if let name = DriverName(rawValue: rawValue) {
            self = .builtIn(name)
        } else {
            return nil
        }
    }

    var rawValue: String {
        switch self {
        case .builtIn(let name): name.rawValue
        case .registerMap: Self.registerMapWord
        }
    }
}
