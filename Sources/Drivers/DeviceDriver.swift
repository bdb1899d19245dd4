import Modbus
import Vocabulary

/// What is asked of a device.
public enum DriverTask: Hashable, Sendable {
    /// A periodic look: is it alive, and what does it say by itself?
    case poll
    /// A measurement of the item in the chamber.
    case measure
    /// The device compares with references of its own: it is to take them anew. To others it is a poll.
    case takeReferences
}

/// What a driver gets to go on with.
public enum DriverAnswer: Hashable, Sendable {
    /// The answer to its last request: exactly as many registers as it asked for.
    case registers([UInt16])
    /// The answer to its last request: exactly as many coils or discrete inputs as it asked for.
    case bits([Bool])
    /// Its last request was carried out.
    case written
    /// The pause that it wanted is over.
    case pauseOver
}

/// What a driver wants next.
public enum DriverStep: Hashable, Sendable {
    case send(ModbusRequest)
    case pause(until: Instant)
    /// The task is over; the samples are what it saw on the way, for people to look at.
    case done(DriverResult, [PointSample] = [])
    /// The device answers, but not as this device would.
    case failed(ReadingFailure)
}

/// What a task brought.
public enum DriverResult: Hashable, Sendable {
    /// The device is there and has nothing to say.
    case alive
    case evidence(EvidenceReading)
    /// What the device compares with from now on, or why it is still the old.
    case references(Measured<HeadReferences>)
    /// 0 to 100 %.
    case binLevel(Measured<Int>)
    /// 0 means none.
    case driveFault(UInt16)
    /// The levels of a remote I/O's inputs, by channel; its outputs are as they were wanted.
    case remoteInputs([Bool])
}

/// One device's registers and habits, as a value: it decodes what came and says what to send or to wait for next. It
/// does no I/O and reads no clock, so a wait for one device never holds up another. A request that fails ends the task;
/// the scheduler says so, the driver is not asked.
public protocol DeviceDriver: Sendable {
    /// Begins a task; one that was under way is over.
    mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep
    mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep
    /// Changes what some outputs of a remote I/O are to be, by channel; the next task sees to it.
    mutating func want(outputs: [Int: Bool])
    /// What is sent to the device last, when the daemon ends; nil if nothing needs to be.
    var parting: ModbusRequest? { get }
    /// What tells a person with a laptop whether the device is wired and set up as the driver expects.
    var commissioning: Commissioning { get }
}

/// Most devices have no outputs, and nothing to tell beyond their rules.
extension DeviceDriver {
    public mutating func want(outputs: [Int: Bool]) {}
    public var parting: ModbusRequest? { nil }
    public var commissioning: Commissioning { Commissioning() }
}

/// Two registers, high word first.
func doubleWord(_ high: UInt16, _ low: UInt16) -> UInt32 {
    UInt32(truncatingIfNeeded: RegisterOrder.abcd.bits([high, low]))
}
