/// A named condition that keeps the station from working fully. Healthy means: the fault is absent.
public struct Fault: Codable, Hashable, Sendable {
    public var code: FaultCode
    /// What it is about: a device, a bin, a line; empty if the code says it all.
    public var subject: String

    public init(_ code: FaultCode, subject: String = "") {
        self.code = code
        self.subject = subject
    }
}

public enum FaultCode: String, CaseIterable, Codable, Hashable, Sendable {
    case arrivalJam, sensorJam, diverterStuck, itemNotTaken, entryBlocked, dropUnconfirmed
    case beamOrder, fishing
    case emergencyStop, doorOpen
    case binFull, diskFull, ledgerFailed
    case deviceLost, lineFailed, driveFault, referenceDrift

    public struct Declaration: Sendable {
        public var severity: Severity
        public var remedy: Remedy
        public var title: String
        /// The first thing that the person who can fix it should do.
        public var firstStep: String
    }

    public enum Severity: String, Codable, Sendable {
        /// Worth knowing; the station works.
        case warning
        /// The station works with less.
        case degraded
        /// No intake.
        case blocking
    }

    public enum Remedy: String, Codable, Sendable {
        case attendant, technician, support
    }

    public var declaration: Declaration {
        switch self {
        case .arrivalJam:
            .init(
                severity: .blocking, remedy: .attendant, title: "Item did not arrive",
                firstStep: "Open the door, take out what lies on the belt or in the chute, close the door, then clear.")
        case .sensorJam:
            .init(
                severity: .blocking, remedy: .attendant, title: "Light beam stays interrupted",
                firstStep: "Remove what stands in the beam and wipe both lenses, then clear.")
        case .diverterStuck:
            .init(
                severity: .blocking, remedy: .technician, title: "Diverter did not reach its position",
                firstStep: "Open the door and move both flaps by hand; remove what blocks them, then clear.")
        case .itemNotTaken:
            .init(
                severity: .blocking, remedy: .attendant, title: "Handed-back item was not taken",
                firstStep: "Take the item out of the chamber.")
        case .entryBlocked:
            .init(
                severity: .blocking, remedy: .attendant, title: "Mouth of the chamber stays blocked",
                firstStep: "Remove what stands in the mouth and wipe the entry beam's lenses.")
        case .dropUnconfirmed:
            .init(
                severity: .warning, remedy: .technician, title: "A drop into the bin was not seen",
                firstStep: "Wipe the drop beam's lenses and look into the chute.")
        case .beamOrder:
            .init(
                severity: .warning, remedy: .technician, title: "Light beams answered in the wrong order",
                firstStep: "Test the three beams by hand in service mode.")
        case .fishing:
            .init(
                severity: .warning, remedy: .attendant, title: "An accepted item was pulled out again",
                firstStep: "Nothing to repair: no credit was given. Watch the station if it happens often.")
        case .emergencyStop:
            .init(
                severity: .blocking, remedy: .attendant, title: "Emergency stop pressed",
                firstStep: "Make sure that nobody is in danger, unlock the button, then clear.")
        case .doorOpen:
            .init(
                severity: .blocking, remedy: .attendant, title: "Door open",
                firstStep: "Close the door, then clear.")
        case .binFull:
            .init(
                severity: .degraded, remedy: .attendant, title: "Bin full",
                firstStep: "Exchange the bin.")
        case .diskFull:
            .init(
                severity: .blocking, remedy: .support, title: "Too little space for the ledger",
                firstStep: "Free space on the file system of the state directory; intake resumes by itself.")
        case .ledgerFailed:
            .init(
                severity: .blocking, remedy: .support, title: "The ledger cannot be written",
                firstStep: "Look at the daemon's log for the cause; delete nothing.")
        case .deviceLost:
            .init(
                severity: .degraded, remedy: .technician, title: "Device does not answer",
                firstStep: "Check the device's supply and its bus cable.")
        case .lineFailed:
            .init(
                severity: .blocking, remedy: .technician, title: "A digital line cannot be used",
                firstStep: "Look at the daemon's log for the line and the cause: it hangs on the GPIO chip, or on a "
                    + "remote module and its bus.")
        case .driveFault:
            .init(
                severity: .blocking, remedy: .technician, title: "The conveyor drive reports a fault",
                firstStep: "Read the fault code on the drive and reset it there.")
        case .referenceDrift:
            .init(
                severity: .degraded, remedy: .technician, title: "The near-infrared head's references are off",
                firstStep: "Wipe the head's window and its white tile and see that the tile moves; `stationctl "
                    + "readings` shows whether the head takes references again. If the fault stays, exchange the "
                    + "lamp, then calibrate the head and set intake.knownItemsAfter.")
        }
    }
}
