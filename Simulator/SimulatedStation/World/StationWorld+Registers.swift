import Vocabulary

/// The devices as their buses see them. Sources of the layouts: each device's own file.
extension StationWorld {
    public mutating func read(
        _ device: SimulatedDevice, _ space: RegisterSpace, address: UInt16, count: UInt16, at time: Instant
    ) -> RegisterAnswer {
        move(to: time)
        return answer(of: device) { world in
            switch (device, space) {
            case (.scale, .holding): world.scale.read(address: address, count: count, at: world.now)
            case (.tagReader, .holding): world.tagReader.read(address: address, count: count)
            case (.drive, .holding): world.drive.read(address: address, count: count)
            case (.nirHead, .input): world.nirHead.readInput(address: address, count: count)
            case (.binLevel(let bin), .input):
                world.binLevels.first { $0.bin == bin }?.read(address: address, count: count) ?? .silence
            case (.scale, .input), (.tagReader, .input), (.drive, .input), (.nirHead, .holding),
                (.binLevel, .holding):
                .exception(.illegalFunction)
            }
        }
    }

    public mutating func write(
        _ device: SimulatedDevice, address: UInt16, values: [UInt16], at time: Instant
    ) -> RegisterAnswer {
        move(to: time)
        return answer(of: device) { world in
            switch device {
            case .scale:
                return world.scale.write(address: address, values: values, at: world.now)
            case .drive:
                let answer = world.drive.write(address: address, values: values)
                world.process()
                return answer
            case .nirHead:
                return world.nirHead.writeHolding(address: address, values: values, at: world.now)
            case .tagReader, .binLevel:
                return .exception(.illegalFunction)
            }
        }
    }

    /// Lets the device's condition have its way with the answer.
    private mutating func answer(
        of device: SimulatedDevice, _ body: (inout StationWorld) -> RegisterAnswer
    ) -> RegisterAnswer {
        switch condition(of: device) {
        case .working: return body(&self)
        case .silent: return .silence
        case .busy: return .exception(.busy)
        case .badChecksum:
            switch body(&self) {
            case .values(let values), .badChecksum(let values): return .badChecksum(values)
            case .exception, .silence: return .silence
            }
        }
    }
}
