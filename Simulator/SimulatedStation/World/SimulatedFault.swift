import Vocabulary

/// A device of RS-1 as faults and buses name it.
public enum SimulatedDevice: Hashable, Sendable {
    case scale, tagReader, nirHead, drive, remoteIO
    case binLevel(BinID)

    /// As the reference configuration names them: `scale`, `tag-reader`, `nir-head`, `drive`, `remote-io`,
    /// `level-<bin>`.
    public init?(name: String) {
        switch name {
        case "scale": self = .scale
        case "tag-reader": self = .tagReader
        case "nir-head": self = .nirHead
        case "drive": self = .drive
        case "remote-io": self = .remoteIO
        default:
            guard name.hasPrefix("level-"), let bin = BinID(rawValue: String(name.dropFirst(6))) else { return nil }
            self = .binLevel(bin)
        }
    }

    public var name: String {
        switch self {
        case .scale: "scale"
        case .tagReader: "tag-reader"
        case .nirHead: "nir-head"
        case .drive: "drive"
        case .remoteIO: "remote-io"
        case .binLevel(let bin): "level-\(bin)"
        }
    }
}

/// How a device meets its bus.
public enum DeviceCondition: String, CaseIterable, Hashable, Sendable {
    case working
    /// No answer at all.
    case silent
    /// Exception 6 to everything.
    case busy
    /// Answers with a wrong check sum.
    case badChecksum
}

/// What goes wrong with a station, or right again.
public enum SimulatedFault: Hashable, Sendable {
    case device(SimulatedDevice, DeviceCondition)
    /// The input shows this level whatever happens; nil: it works again.
    case inputStuck(InputLine, isActive: Bool?)
    /// Noise of the scale, times its usual one.
    case scaleNoise(factor: Int)
    case diverterStuck(Bool)
    case lampFailed(Bool)
    /// What white gives drifts by so much an hour, in thousandths, each band by a share of its own.
    case headDrift(permillePerHour: Int)
    /// The head's white tile does not move, so it takes no references.
    case tileStuck(Bool)
    case emergencyStop(isPressed: Bool)
    case door(isOpen: Bool)
    case serviceKey(isTurned: Bool)
    /// The bin is filled, or emptied, to this level.
    case binFilled(BinID, percent: Int)
    /// The drive's own fault code; 0: none.
    case driveFault(code: UInt8)
    /// The device's supply is gone for a moment: what it does not keep is forgotten.
    case supplyLost(SimulatedDevice)
}

/// A fault and when it comes.
public struct TimedFault: Hashable, Sendable {
    public enum Moment: Hashable, Sendable {
        /// After the scenario's beginning.
        case time(Duration)
        /// When the item with this index is put in.
        case item(Int)
    }
    public var moment: Moment
    public var fault: SimulatedFault

    public init(_ moment: Moment, _ fault: SimulatedFault) {
        self.moment = moment
        self.fault = fault
    }
}
