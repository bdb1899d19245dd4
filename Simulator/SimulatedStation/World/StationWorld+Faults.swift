import Vocabulary

extension StationWorld {
    mutating func applyDueFaults() -> Bool {
        var hasApplied = false
        while let fault = faultsByTime.last, fault.due <= now {
            faultsByTime.removeLast()
            apply(fault.fault)
            hasApplied = true
        }
        return hasApplied
    }

    mutating func apply(_ fault: SimulatedFault) {
        switch fault {
        case .device(let device, let condition): deviceConditions[device] = condition
        case .inputStuck(let line, let level): stuckInputs[line.ordinal] = level
        case .scaleNoise(let factor): scale.noiseFactor = Double(factor)
        case .diverterStuck(let isStuck): diverter.setStuck(isStuck, at: now)
        case .lampFailed(let hasFailed): nirHead.lampHasFailed = hasFailed
        case .headDrift(let permille): nirHead.drift(perHour: Double(permille) / 1000, at: now)
        case .tileStuck(let isStuck): nirHead.tileIsStuck = isStuck
        case .emergencyStop(let isPressed): isEmergencyStopPressed = isPressed
        case .door(let isOpen): isDoorOpen = isOpen
        case .serviceKey(let isTurned): isServiceKeyTurned = isTurned
        case .binFilled(let bin, let percent): change(bin) { $0.fill(toPercent: percent) }
        case .driveFault(let code): drive.setFault(code, at: now)
        case .supplyLost(let device): loseSupply(of: device)
        }
        report(.faultCame(fault))
    }

    /// Brings a fault, or its end, about from outside.
    public mutating func inject(_ fault: SimulatedFault, at time: Instant) {
        move(to: time)
        apply(fault)
        process()
    }

    public func condition(of device: SimulatedDevice) -> DeviceCondition {
        deviceConditions[device] ?? .working
    }

    /// What the device does not keep is gone; one that keeps everything, or is awake again at once, shows nothing.
    private mutating func loseSupply(of device: SimulatedDevice) {
        switch device {
        case .drive: drive.loseSupply(at: now)
        case .tagReader: latchingReader?.loseSupply()
        case .remoteIO: switchRemoteOutputs(to: [Bool](repeating: false, count: RemoteIO.channelCount))
        case .scale, .nirHead, .binLevel: break
        }
    }

    public var driveFaultCode: UInt8 { drive.faultCode }
}
