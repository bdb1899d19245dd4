import Modbus
import Vocabulary

/// Danfoss VLT AQUA Drive FC 202 of the conveyor. Source: the maker's design guide, "RS-485 installation and set-up".
///
/// Its register numbers count from 1, and a frame carries the number less one (parameter 0-01, register 10, is address 9):
///
/// | register | address | word |
/// |---|---|---|
/// | 50000 | 49999 | CTW, control word; never written |
/// | 50010 | 50009 | REF, bus reference, -200 to 200 % of the maximum reference as ±0x8000, 100 % = 0x4000 |
/// | 50200 | 50199 | STW, status word of the FC profile |
/// | 50210 | 50209 | MAV, main actual value, scaled like REF |
///
/// The drive is started and turned round by its terminals, so the control word stays alone: without its bit 10 the drive
/// ignores it. The daemon keeps the reference.
public struct DanfossFC202: DeviceDriver {
    static let reference = RegisterRange(50_009, count: 1)
    static let status = RegisterRange(50_199, count: 1)
    static let actualValue = RegisterRange(50_209, count: 1)
    /// 100 % of the maximum reference.
    static let fullScale = 0x4000

    /// Bits of the status word.
    private enum Status {
        static let controlReady: UInt16 = 1 << 0
        static let trip: UInt16 = 1 << 3
        /// An error that has not stopped the drive.
        static let error: UInt16 = 1 << 4
        static let tripLock: UInt16 = 1 << 6
        static let warning: UInt16 = 1 << 7
        /// 0: the drive was taken over by its keypad.
        static let busControl: UInt16 = 1 << 9
        static let running: UInt16 = 1 << 11
    }

    /// The reference is looked at with every poll: a drive that lost its supply for a moment has forgotten it.
    private enum Phase: Hashable {
        case readingReference, writingReference, verifyingReference, readingStatus
        case readingActualValue(status: UInt16)
    }

    let referenceWord: UInt16
    private let maximumCentihertz: UInt16
    private var phase = Phase.readingReference

    /// - Parameters:
    ///   - speedCentihertz: what the belt runs at, in 0.01 Hz; not more than the maximum.
    ///   - maximumCentihertz: the drive's maximum reference (its parameter 3-03), which it calls 100 %; not 0.
    public init(speedCentihertz: UInt16, maximumCentihertz: UInt16) {
        precondition(
            (1...maximumCentihertz).contains(speedCentihertz),
            "a reference of \(speedCentihertz) is not within 1 to \(maximumCentihertz) hundredths of a hertz")
        self.maximumCentihertz = maximumCentihertz
        let maximum = Int(maximumCentihertz)
        referenceWord = UInt16((Int(speedCentihertz) * Self.fullScale + maximum / 2) / maximum)
    }

    public mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep {
        phase = .readingReference
        return .send(.readHolding(Self.reference))
    }

    public mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep {
        switch (answer, phase) {
        case (.registers(let registers), .readingReference) where registers[0] == referenceWord:
            return readStatus()
        case (.registers, .readingReference):
            phase = .writingReference
            return .send(.writeHolding(address: Self.reference.address, value: referenceWord))
        case (.written, .writingReference):
            phase = .verifyingReference
            return .send(.readHolding(Self.reference))
        case (.registers(let registers), .verifyingReference):
            return registers[0] == referenceWord ? readStatus() : .failed(.implausible)
        case (.registers(let registers), .readingStatus):
            phase = .readingActualValue(status: registers[0])
            return .send(.readHolding(Self.actualValue))
        case (.registers(let registers), .readingActualValue(let status)):
            return .done(.driveFault(Self.fault(status)), samples(status, actual: registers[0], at: now))
        // Not what was asked for last: begun anew.
        case (.registers, _), (.bits, _), (.written, _), (.pauseOver, _):
            return begin(.poll, at: now)
        }
    }

    private mutating func readStatus() -> DriverStep {
        phase = .readingStatus
        return .send(.readHolding(Self.status))
    }

    /// The bits of the status word that say that the drive has stopped by itself: 8 tripped, 64 locked by the trip until
    /// its supply is switched off and on, 72 both; 0 none. The alarm's own number stands on the drive's display.
    static func fault(_ status: UInt16) -> UInt16 { status & (Status.trip | Status.tripLock) }

    private func hertz(_ word: UInt16) -> Double {
        Double(Int16(bitPattern: word)) * Double(maximumCentihertz) / Double(Self.fullScale) / 100
    }

    private func samples(_ status: UInt16, actual: UInt16, at now: Instant) -> [PointSample] {
        let flags = [
            ("ready", Status.controlReady), ("warning", Status.warning), ("error", Status.error),
            ("busControl", Status.busControl), ("running", Status.running),
        ]
        return [
            PointSample("reference", unit: "Hz", .good(.number(hertz(referenceWord)), at: now)),
            PointSample("actual", unit: "Hz", .good(.number(hertz(actual)), at: now)),
            PointSample("fault", .good(.number(Double(Self.fault(status))), at: now)),
        ] + flags.map { PointSample($0.0, .good(.flag(status & $0.1 != 0), at: now)) }
    }
}
