import Vocabulary

/// The conveyor's drive, whoever made it: direction by its terminals, speed by its bus.
enum ConveyorDrive: Hashable, Sendable {
    case deltaMS300(Drive)
    case danfossFC202(DanfossDrive)

    init(_ model: StationEquipment.DriveModel, frequencyCentihertz: UInt16, at now: Instant) {
        switch model {
        case .deltaMS300: self = .deltaMS300(Drive(frequencyCentihertz: frequencyCentihertz))
        case .danfossFC202: self = .danfossFC202(DanfossDrive(frequencyCentihertz: frequencyCentihertz, at: now))
        }
    }

    /// What it turns the motor at when a direction is switched on, in 0.01 Hz.
    var frequencyCentihertz: UInt16 {
        switch self {
        case .deltaMS300(let drive): drive.frequencyCentihertz
        case .danfossFC202(let drive): drive.frequencyCentihertz
        }
    }

    var faultCode: UInt8 {
        switch self {
        case .deltaMS300(let drive): drive.faultCode
        case .danfossFC202(let drive): drive.faultCode
        }
    }

    var isHealthy: Bool { faultCode == 0 }

    mutating func setFault(_ code: UInt8, at now: Instant) {
        change({ $0.faultCode = code }, { $0.faultCode = code })
    }

    mutating func loseSupply(at now: Instant) {
        change({ $0 = Drive(frequencyCentihertz: 0) }, { $0 = DanfossDrive(frequencyCentihertz: 0, at: now) })
    }

    /// The motor goes over to this speed, 0 to stop.
    mutating func turn(at centihertz: UInt16, backwards: Bool, from now: Instant) {
        change({ $0.outputCentihertz = centihertz }, { $0.turn(at: centihertz, backwards: backwards, from: now) })
    }

    func read(address: UInt16, count: UInt16, at now: Instant) -> RegisterAnswer {
        switch self {
        case .deltaMS300(let drive): drive.read(address: address, count: count)
        case .danfossFC202(let drive): drive.read(address: address, count: count, at: now)
        }
    }

    mutating func write(address: UInt16, values: [UInt16]) -> RegisterAnswer {
        var answer = RegisterAnswer.silence
        change(
            { answer = $0.write(address: address, values: values) },
            { answer = $0.write(address: address, values: values) })
        return answer
    }

    private mutating func change(_ delta: (inout Drive) -> Void, _ danfoss: (inout DanfossDrive) -> Void) {
        switch self {
        case .deltaMS300(var drive):
            delta(&drive)
            self = .deltaMS300(drive)
        case .danfossFC202(var drive):
            danfoss(&drive)
            self = .danfossFC202(drive)
        }
    }
}
