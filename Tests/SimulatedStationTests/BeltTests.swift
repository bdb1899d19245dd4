import Testing
import Vocabulary

@testable import SimulatedStation

@Suite struct BeltTests {
    struct Row: CustomTestStringConvertible {
        var name: String
        var moves: Bool
        var prepare: @Sendable (Rig) -> Void
        var testDescription: String { name }
    }

    @Test(arguments: [
        Row(name: "nothing energised", moves: false) { _ in },
        Row(name: "forward", moves: true) { $0.set(.conveyorForward, true, atMilliseconds: 0) },
        Row(name: "reverse", moves: true) { $0.set(.conveyorReverse, true, atMilliseconds: 0) },
        Row(name: "both directions", moves: false) {
            $0.set(.conveyorForward, true, atMilliseconds: 0)
            $0.set(.conveyorReverse, true, atMilliseconds: 0)
        },
        Row(name: "emergency stop", moves: false) {
            $0.set(.conveyorForward, true, atMilliseconds: 0)
            $0.world.inject(.emergencyStop(isPressed: true), at: .zero)
        },
        Row(name: "open door", moves: false) {
            $0.set(.conveyorForward, true, atMilliseconds: 0)
            $0.world.inject(.door(isOpen: true), at: .zero)
        },
        Row(name: "drive fault", moves: false) {
            $0.set(.conveyorForward, true, atMilliseconds: 0)
            $0.world.inject(.driveFault(code: 4), at: .zero)
        },
        Row(name: "frequency 0", moves: false) {
            $0.set(.conveyorForward, true, atMilliseconds: 0)
            _ = $0.write(.drive, address: 0x2001, values: [0], at: .zero)
        },
    ])
    func `The belt moves only with every interlock closed`(row: Row) {
        let rig = Rig([])
        row.prepare(rig)
        rig.run(toMilliseconds: 1000)
        #expect((rig.world.beltSpeedMillimetresPerSecond != 0) == row.moves)
    }

    @Test func `The emergency stop lets the belt run down within its ramp`() {
        let rig = Rig([.cup()])
        rig.putIn()
        rig.set(.conveyorForward, true, atMilliseconds: 6000)
        rig.run(toMilliseconds: 6300)
        // 10 mm in the ramp and 40 mm at full speed.
        #expect(abs((rig.world.centreMillimetres(of: 0) ?? 0) - 260) < 1e-6)
        rig.world.inject(.emergencyStop(isPressed: true), at: .milliseconds(6300))
        rig.run(toMilliseconds: 7000)
        #expect(abs((rig.world.centreMillimetres(of: 0) ?? 0) - 270) < 1e-6)
        #expect(rig.edges(of: .emergencyStopCircuitClosed) == [Rig.Edge(6300, false)])
    }

    @Test func `Half the frequency is half the speed`() {
        let rig = Rig([])
        #expect(rig.write(.drive, address: 0x2001, values: [2500], at: .zero) == .values([]))
        rig.set(.conveyorReverse, true, atMilliseconds: 10)
        rig.run(toMilliseconds: 1000)
        #expect(rig.world.beltSpeedMillimetresPerSecond == -100)
    }

    @Test func `A reversal in full run goes through rest and comes back over the same way`() {
        var belt = Belt(at: .zero)
        belt.drive(at: 200, from: .zero)
        belt.proceed(to: .milliseconds(500))
        // 10 mm in the ramp, 80 mm after it.
        #expect(abs(belt.travel(at: .milliseconds(500)) - 90) < 1e-9)
        belt.drive(at: -200, from: .milliseconds(500))
        // From +200 to -200 mm/s in 100 ms: rest after 50 ms and 5 mm, at the starting point again after 100 ms.
        belt.proceed(to: .milliseconds(549))
        #expect(belt.current.direction == 1)
        #expect(belt.current.time(reaching: 95.1) == nil)
        belt.proceed(to: .milliseconds(551))
        #expect(belt.current.direction == -1)
        belt.proceed(to: .milliseconds(601))
        #expect(abs(belt.travel(at: .milliseconds(600)) - 90) < 1e-6)
        #expect(belt.current.time(reaching: 0)?.roundedMilliseconds == 1050)
    }
}
