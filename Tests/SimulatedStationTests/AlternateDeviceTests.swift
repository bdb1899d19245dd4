import Drivers
import Modbus
import Testing
import Vocabulary

@testable import SimulatedStation

/// Devices that may stand in the places of RS-1's, met by their own drivers. Each request takes 20 ms.
@Suite struct AlternateDeviceTests {
    private static func rig(_ items: [SimulatedItem] = [], readProbability: Double = 1) -> Rig {
        Rig(items) {
            $0.equipment.tagReader = .inveoRFIDMB10
            $0.equipment.drive = .danfossFC202
            $0.equipment.hasRemoteIO = true
            $0.tagReadProbability = readProbability
        }
    }

    private static func tag(_ step: DriverStep) -> Measured<TagReading>? {
        guard case .done(.evidence(.tag(let reading)), _) = step else { return nil }
        return reading
    }

    @Test func `a tag that left the field long ago still stands in the reader, and is not taken for this item's`() {
        let rig = Self.rig([.cup(tag: 0x0001_86A1)])
        rig.putIn()
        #expect(rig.read(.tagReader, .coil, address: 1004, count: 1, at: .milliseconds(5000)) == .values([1]))
        // Carried away: nothing is in the chamber any longer.
        rig.set(.conveyorForward, true, atMilliseconds: 5000)
        rig.run(toMilliseconds: 12_000)
        #expect(rig.read(.tagReader, .coil, address: 1004, count: 1, at: .milliseconds(12_000)) == .values([1]))
        #expect(
            rig.read(.tagReader, .holding, address: 1000, count: 5, at: .milliseconds(12_000))
                == .values([0, 0, 0, 1, 0x86A1]))
        var reader = InveoRFIDMB10()
        let step = rig.run(&reader, .tagReader, .measure, fromMilliseconds: 12_000)
        #expect(Self.tag(step)?.value == .noTag)
    }

    @Test func `the tag in the chamber is read anew, also by a reader that hears only every second scan`() throws {
        let rig = Self.rig([.cup(tag: 0x0001_86A1)], readProbability: 0.5)
        rig.putIn()
        let tag = try #require(Tag(number: 0x0001_86A1))
        var heard = 0
        for round in 0..<40 {
            var reader = InveoRFIDMB10()
            let step = rig.run(&reader, .tagReader, .measure, fromMilliseconds: 5000 + 1000 * Int64(round))
            if Self.tag(step)?.value == .tag(tag) { heard += 1 }
        }
        // Five scans fall into the six looks: 97 % and a few in whose clearing the tag was heard at once.
        #expect(heard >= 35)
    }

    @Test func `the drive turns at the share of its maximum that it is told, and forgets it without its supply`() {
        let rig = Self.rig()
        var driver = DanfossFC202(speedCentihertz: 4000, maximumCentihertz: 5000)
        #expect(rig.write(.drive, address: 50_009, values: [0], at: .milliseconds(500)) == .values([]))
        _ = rig.run(&driver, .drive, .poll, fromMilliseconds: 1000)
        rig.set(.conveyorForward, true, atMilliseconds: 2000)
        rig.run(toMilliseconds: 3000)
        // 40 of the nominal 50 Hz.
        #expect(abs(rig.world.belt.current.velocity(at: .milliseconds(3000)) - 160) < 0.1)
        rig.world.inject(.supplyLost(.drive), at: .milliseconds(3000))
        rig.run(toMilliseconds: 4000)
        #expect(rig.world.belt.current.velocity(at: .milliseconds(4000)) == 0)
        _ = rig.run(&driver, .drive, .poll, fromMilliseconds: 4000)
        rig.run(toMilliseconds: 5000)
        #expect(abs(rig.world.belt.current.velocity(at: .milliseconds(5000)) - 160) < 0.1)
    }

    @Test func `the drive's actual value follows in a ramp, and its register numbers are not addresses`() {
        let rig = Self.rig()
        rig.set(.conveyorReverse, true, atMilliseconds: 1000)
        func actual(_ time: Int64) -> RegisterAnswer {
            rig.read(.drive, .holding, address: 50_209, count: 1, at: .milliseconds(time))
        }
        #expect(actual(1000) == .values([0]))
        #expect(actual(1050) == .values([0xE000]))
        #expect(rig.read(.drive, .holding, address: 50_199, count: 1, at: .milliseconds(1050)) == .values([0x0E07]))
        #expect(actual(1100) == .values([0xC000]))
        #expect(rig.read(.drive, .holding, address: 50_199, count: 1, at: .milliseconds(1100)) == .values([0x0F07]))
        #expect(
            rig.read(.drive, .holding, address: 50_210, count: 1, at: .milliseconds(1100))
                == .exception(.illegalAddress))
    }

    @Test func `a trip stops the belt and is read, until the drive is reset`() {
        let rig = Self.rig()
        var driver = DanfossFC202(speedCentihertz: 5000, maximumCentihertz: 5000)
        rig.set(.conveyorForward, true, atMilliseconds: 0)
        rig.world.inject(.driveFault(code: 14), at: .milliseconds(1000))
        rig.run(toMilliseconds: 2000)
        #expect(rig.world.belt.isMoving == false)
        guard case .done(.driveFault(8), _) = rig.run(&driver, .drive, .poll, fromMilliseconds: 2000) else {
            Issue.record("the trip was not read")
            return
        }
        // The control word counts with its bit 10 only.
        #expect(rig.write(.drive, address: 49_999, values: [0x0080], at: .milliseconds(3000)) == .values([]))
        #expect(rig.world.driveFaultCode == 14)
        _ = rig.write(.drive, address: 49_999, values: [0], at: .milliseconds(3000))
        _ = rig.write(.drive, address: 49_999, values: [0x0480], at: .milliseconds(3000))
        #expect(rig.world.driveFaultCode == 0)
    }

    @Test func `the remote module drives the lamps, shows the key, and is dark after its supply was lost`() {
        let rig = Self.rig()
        var module = WaveshareIO8CH()
        module.want(outputs: [0: true, 2: true])
        rig.world.inject(.serviceKey(isTurned: true), at: .milliseconds(1000))
        let step = rig.run(&module, .remoteIO, .poll, fromMilliseconds: 1000)
        guard case .done(.remoteInputs(let inputs), _) = step else {
            Issue.record("the module did not answer: \(step)")
            return
        }
        #expect(inputs == [true, false, false, false, false, false, false, false])
        #expect(OutputLine.allCases.filter { rig.world.isEnergised($0) } == [.lampGreen, .buzzer])
        rig.world.inject(.supplyLost(.remoteIO), at: .milliseconds(2000))
        #expect(OutputLine.allCases.filter { rig.world.isEnergised($0) } == [])
        _ = rig.run(&module, .remoteIO, .poll, fromMilliseconds: 2000)
        #expect(OutputLine.allCases.filter { rig.world.isEnergised($0) } == [.lampGreen, .buzzer])
        #expect(
            rig.write(.remoteIO, .coil, address: 7, values: [1, 1], at: .milliseconds(3000))
                == .exception(.illegalAddress))
    }
}

extension Rig {
    /// Runs one task of a driver to its end against the device's registers.
    func run(
        _ driver: inout some DeviceDriver, _ device: SimulatedDevice, _ task: DriverTask, fromMilliseconds start: Int64
    ) -> DriverStep {
        var now = Instant.milliseconds(start)
        var step = driver.begin(task, at: now)
        while true {
            switch step {
            case .send(let request):
                now = now + .milliseconds(20)
                guard let answer = answer(of: device, to: request, at: now) else { return .failed(.refused) }
                step = driver.next(answer, at: now)
            case .pause(let until):
                now = until
                step = driver.next(.pauseOver, at: now)
            case .done, .failed:
                return step
            }
        }
    }

    private func answer(of device: SimulatedDevice, to request: ModbusRequest, at now: Instant) -> DriverAnswer? {
        switch request {
        case .readCoils(let range): bits(read(device, .coil, address: range.address, count: range.count, at: now))
        case .readDiscreteInputs(let range):
            bits(read(device, .discreteInput, address: range.address, count: range.count, at: now))
        case .readHolding(let range):
            values(read(device, .holding, address: range.address, count: range.count, at: now)).map { .registers($0) }
        case .readInput(let range):
            values(read(device, .input, address: range.address, count: range.count, at: now)).map { .registers($0) }
        case .writeCoil(let address, let isOn):
            values(write(device, .coil, address: address, values: [isOn ? 1 : 0], at: now)).map { _ in .written }
        case .writeCoils(let coils):
            values(write(device, .coil, address: coils.address, values: coils.values.map { $0 ? 1 : 0 }, at: now))
                .map { _ in .written }
        case .writeHolding(let address, let value):
            values(write(device, address: address, values: [value], at: now)).map { _ in .written }
        case .writeHoldings(let registers):
            values(write(device, address: registers.address, values: registers.values, at: now)).map { _ in .written }
        }
    }

    private func bits(_ answer: RegisterAnswer) -> DriverAnswer? { values(answer).map { .bits($0.map { $0 != 0 }) } }

    private func values(_ answer: RegisterAnswer) -> [UInt16]? {
        if case .values(let values) = answer { values } else { nil }
    }
}
