import Station
import Testing
import Vocabulary

/// What may lie where no sensor sees it, after a run or a passage that was cut off.
struct LeftoverStoryTests {
    @Test func `after a run that ended in mid-passage the belt is run back before anything is let in`() {
        var rig = Rig(leftover: .possible)
        rig.powerUp()
        rig.waitForDeadline()
        #expect(rig.machine.passage.name == .handingBack)
        #expect(rig.machine.energised == [.gate, .conveyorReverse, .lampRed, .buzzer])
        // Nothing lay there: one round, and no record of it.
        let before = rig.ledger.count
        rig.waitForDeadline()
        #expect(rig.machine.passage == .empty)
        #expect(rig.machine.mode == .idle)
        #expect(rig.ledger.count == before)
    }

    @Test func `a mouth that is not free puts the running back off until it is`() {
        var rig = Rig(leftover: .possible)
        rig.powerUp(active: [.doorClosed, .emergencyStopCircuitClosed, .diverterHome, .entryBeam])
        rig.waitForDeadline()
        #expect(rig.machine.passage.name == .offering)
        #expect(!rig.isMoving)
        rig.set(.entryBeam, false)
        #expect(rig.machine.passage.name == .handingBack)
        #expect(rig.machine.energised.contains(.conveyorReverse))
        rig.waitForDeadline()
        #expect(rig.machine.passage == .empty)
    }

    @Test func `an item cut off by the emergency stop is looked for by running back, and one that lay still is not`() {
        for isMoving in [true, false] {
            var rig = Rig.idle()
            if isMoving { rig.acceptItem() } else { rig.putItemIn() }
            rig.set(.presence, false)
            #expect(rig.isMoving == isMoving)
            rig.set(.emergencyStopCircuitClosed, false)
            rig.set(.entryBeam, false)
            rig.set(.emergencyStopCircuitClosed, true)
            rig.send(.commanded(.clear, by: "test"))
            // Stopped again before the look was over: what is not known stays so.
            rig.set(.emergencyStopCircuitClosed, false)
            rig.set(.emergencyStopCircuitClosed, true)
            rig.send(.commanded(.clear, by: "test"))
            #expect(rig.machine.passage.name == .checking)
            rig.waitForDeadline()
            #expect(rig.machine.passage.name == (isMoving ? .handingBack : .empty))
        }
    }
}
