import Station
import Testing
import Vocabulary

struct JamStoryTests {
    private func carrying() -> Rig {
        var rig = Rig.idle()
        rig.acceptItem()
        return rig
    }

    @Test func `an arrival jam is cleared by running on, then backwards and on, three attempts in all`() {
        var rig = carrying()
        var movements: [OutputLines] = []
        for _ in 0..<6 {
            rig.waitForDeadline()
            movements.append(rig.machine.energised.intersection([.conveyorForward, .conveyorReverse]))
        }
        #expect(
            movements == [
                [.conveyorForward], [.conveyorReverse], [.conveyorForward], [.conveyorReverse], [.conveyorForward], [],
            ])
        #expect(rig.machine.mode == .held([.jam]))
        #expect(rig.has(.arrivalJam))
        #expect(rig.outcomes == [.unconfirmed])
    }

    @Test func `an item that comes loose during clearing is carried on and credited`() {
        var rig = carrying()
        rig.waitForDeadline()
        rig.waitForDeadline()
        #expect(rig.machine.energised.contains(.conveyorReverse))
        rig.waitForDeadline()
        rig.passExitBeam()
        rig.drop()
        rig.waitForDeadline()
        #expect(rig.outcomes == [.committed])
        #expect(rig.machine.mode == .idle)
    }

    @Test func `a sensor jam at the exit beam is cleared backwards and tried again`() {
        var rig = carrying()
        rig.set(.exitBeam, true)
        rig.waitForDeadline()
        #expect(rig.machine.passage.name == .clearing)
        rig.waitForDeadline()
        rig.set(.exitBeam, false)
        #expect(rig.machine.energised.contains(.conveyorReverse))
        rig.waitForDeadline()
        rig.set(.exitBeam, true)
        rig.set(.presence, false)
        rig.set(.exitBeam, false)
        rig.drop()
        rig.waitForDeadline()
        #expect(rig.outcomes == [.committed])
    }

    @Test func `an exit beam that stays interrupted is a sensor jam after three attempts`() {
        var rig = carrying()
        rig.set(.exitBeam, true)
        for _ in 0..<6 { rig.waitForDeadline() }
        #expect(rig.machine.passage == .jammed(.sensor))
        #expect(rig.has(.sensorJam))
    }

    @Test func `a belt that backs an item up to the mouth stops there and runs on`() {
        var rig = carrying()
        rig.waitForDeadline()
        rig.waitForDeadline()
        rig.set(.entryBeam, true)
        #expect(rig.machine.energised.contains(.conveyorForward))
    }

    @Test func `an unseen drop is unconfirmed and the station goes on, three in a row hold it`() {
        var rig = Rig.idle()
        for round in 1...3 {
            rig.acceptItem()
            rig.passExitBeam()
            while rig.machine.passage.name != .empty { rig.waitForDeadline() }
            rig.set(.diverterHome, true)
            #expect(rig.outcomes == Array(repeating: .unconfirmed, count: round))
            #expect(rig.has(.dropUnconfirmed))
            #expect(rig.machine.mode == (round < 3 ? .idle : .held([.dropsUnconfirmed])))
        }
        rig.send(.commanded(.clear, by: "test"))
        #expect(rig.machine.mode == .idle)
    }

    @Test func `a drop beam that stays interrupted is a jam and gives no credit`() {
        var rig = carrying()
        rig.passExitBeam()
        rig.set(.dropBeam, true)
        rig.waitForDeadline()
        #expect(rig.machine.passage.name == .guarding)
        rig.waitForDeadline()
        #expect(rig.machine.passage == .jammed(.sensor))
        #expect(rig.outcomes == [.unconfirmed])
    }

    @Test func `a cleared jam is followed by a look at the belt and a hand-back of what lies there`() {
        var rig = carrying()
        for _ in 0..<6 { rig.waitForDeadline() }
        rig.send(.commanded(.clear, by: "test"))
        #expect(rig.machine.passage.name == .checking)
        #expect(!rig.isMoving)
        rig.waitForDeadline()
        #expect(rig.machine.passage.name == .handingBack)
        #expect(rig.machine.energised.contains(.buzzer))
        rig.set(.entryBeam, true)
        rig.set(.presence, false)
        rig.set(.entryBeam, false)
        #expect(rig.machine.mode == .idle)
        #expect(rig.outcomes == [.unconfirmed])
    }

    @Test func `a hand-back that never arrives becomes a jam after a bounded number of rounds`() {
        var rig = Rig.idle()
        rig.answer = .foreign
        rig.putItemIn()
        rig.answerEvidence()
        for _ in 0..<6 { rig.waitForDeadline() }
        #expect(rig.machine.passage == .jammed(.arrival))
        #expect(rig.refusals.count == 1)
    }
}
