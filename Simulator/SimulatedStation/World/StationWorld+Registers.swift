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
            case (.tagReader, .holding), (.tagReader, .coil):
                world.readTagReader(space, address: address, count: count)
            case (.drive, .holding): world.drive.read(address: address, count: count, at: world.now)
            case (.nirHead, .input): world.nirHead.readInput(address: address, count: count)
            case (.binLevel(let bin), .input):
                world.binLevels.first { $0.bin == bin }?.read(address: address, count: count) ?? .silence
            case (.remoteIO, .coil):
                world.remoteIO?.readOutputs(address: address, count: count) ?? .silence
            case (.remoteIO, .discreteInput):
                world.remoteIO?.readInputs(world.remoteLevels, address: address, count: count) ?? .silence
            case (.scale, .input), (.tagReader, .input), (.drive, .input), (.nirHead, .holding),
                (.binLevel, .holding), (.remoteIO, .holding), (.remoteIO, .input), (.scale, .coil), (.drive, .coil),
                (.nirHead, .coil), (.binLevel, .coil), (_, .discreteInput):
                .exception(.illegalFunction)
            }
        }
    }

    private mutating func readTagReader(_ space: RegisterSpace, address: UInt16, count: UInt16) -> RegisterAnswer {
        switch (latchingReader, space) {
        case (_?, .holding): latchingReader?.readHolding(address: address, count: count, at: now) ?? .silence
        case (_?, .coil): latchingReader?.readCoils(address: address, count: count, at: now) ?? .silence
        case (nil, .holding): tagReader.read(address: address, count: count)
        case (nil, .coil), (_, .input), (_, .discreteInput): .exception(.illegalFunction)
        }
    }

    /// - Parameter values: of coils 0 and 1.
    public mutating func write(
        _ device: SimulatedDevice, _ space: RegisterSpace = .holding, address: UInt16, values: [UInt16],
        at time: Instant
    ) -> RegisterAnswer {
        move(to: time)
        return answer(of: device) { world in
            switch (device, space) {
            case (.scale, .holding):
                return world.scale.write(address: address, values: values, at: world.now)
            case (.drive, .holding):
                let answer = world.drive.write(address: address, values: values)
                world.process()
                return answer
            case (.nirHead, .holding):
                return world.nirHead.writeHolding(address: address, values: values, at: world.now)
            case (.tagReader, .coil):
                return world.latchingReader?.writeCoils(address: address, values: values, at: world.now)
                    ?? .exception(.illegalFunction)
            case (.remoteIO, .coil):
                return world.writeRemoteOutputs(address: address, values: values)
            case (.scale, .coil), (.drive, .coil), (.nirHead, .coil), (.tagReader, .holding), (.binLevel, _),
                (.remoteIO, .holding), (_, .input), (_, .discreteInput):
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
