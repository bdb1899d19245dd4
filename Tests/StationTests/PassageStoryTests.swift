import Station
import Testing
import Vocabulary

/// The life of RS-1 told through the whole machine.
struct PassageStoryTests {
    @Test func `an accepted item is stored before the belt moves and committed after its drop`() {
        var rig = Rig.idle()
        #expect(rig.machine.energised == [.gate, .lampGreen])
        rig.putItemIn()
        #expect(rig.machine.passage.name == .measuring)
        #expect(!rig.machine.energised.contains(.gate))
        rig.storing = .holdsBack
        rig.answerEvidence()
        #expect(rig.machine.passage.name == .storing)
        #expect(rig.machine.energised.isEmpty)
        rig.answerLedger()
        #expect(rig.machine.passage.name == .diverting)
        #expect(rig.machine.energised == [.diverterLeft])
        rig.set(.diverterHome, false)
        #expect(rig.machine.energised == [.diverterLeft, .conveyorForward])
        rig.passExitBeam()
        rig.drop()
        #expect(rig.outcomes.isEmpty)
        rig.waitForDeadline()
        #expect(rig.outcomes == [.committed])
        #expect(rig.machine.mode == .idle)
        #expect(rig.machine.energised == [.gate, .lampGreen])
    }

    @Test func `an accepted item costs exactly two durable entries`() {
        var rig = Rig.idle()
        let before = rig.ledger.count
        rig.acceptItem()
        rig.passExitBeam()
        rig.drop()
        rig.waitForDeadline()
        #expect(rig.ledger.count == before + 2)
    }

    @Test func `an item for the bin at home needs no diverter movement`() {
        var rig = Rig.idle()
        rig.answer = .reusableCup
        rig.putItemIn()
        rig.answerEvidence()
        #expect(rig.machine.energised == [.conveyorForward])
    }

    @Test func `evidence may come in any order and from an older passage it is ignored`() {
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            var rig = Rig.idle()
            rig.putItemIn()
            let id = rig.measuredPassage!
            let readings: [EvidenceReading] = [
                .mass(.good(Mass(milligrams: 1), at: rig.now)), .tag(.failed(.timeout, at: rig.now)),
                .spectrum(.failed(.badFrame, at: rig.now)),
            ]
            rig.send(.evidenceArrived(PassageID(rawValue: id.rawValue - 1), readings[order[2]]))
            for index in order.dropLast() { rig.send(.evidenceArrived(id, readings[index])) }
            #expect(rig.machine.passage.name == .measuring)
            rig.send(.evidenceArrived(id, readings[order[2]]))
            #expect(rig.machine.passage.name == .diverting)
        }
    }

    @Test func `evidence that never comes is missing, not zero`() {
        var rig = Rig.idle()
        rig.putItemIn()
        rig.send(.evidenceArrived(rig.measuredPassage!, .mass(.failed(.unstable, at: rig.now))))
        rig.waitForDeadline()
        let evidence = rig.effects.compactMap { effect -> Evidence? in
            guard case .classify(_, let evidence) = effect else { return nil }
            return evidence
        }.last
        #expect(evidence?.mass.value == nil)
        #expect(evidence?.tag == .missing)
        #expect(evidence?.spectrum == .missing)
        #expect(evidence?.presence.value == true)
    }

    @Test func `metal seen for a moment during measuring is kept`() {
        var rig = Rig.idle()
        rig.putItemIn()
        rig.set(.metal, true)
        rig.set(.metal, false)
        rig.answerEvidence()
        guard case .accepted(let record) = rig.ledger.last else { return #expect(Bool(false)) }
        #expect(record.evidence.metal.value == true)
    }

    @Test func `an unknown item is handed back, taken, and recorded as refused`() {
        var rig = Rig.idle()
        rig.answer = .foreign
        rig.putItemIn()
        rig.answerEvidence()
        #expect(rig.machine.energised == [.gate, .conveyorReverse, .lampRed])
        rig.set(.entryBeam, true)
        #expect(rig.machine.energised == [.gate, .lampRed])
        rig.set(.presence, false)
        #expect(rig.refusals.isEmpty)
        rig.set(.entryBeam, false)
        #expect(rig.refusals.map(\.rejection.reason) == [.foreign])
        #expect(rig.refusals.map(\.massMilligrams) == [35_000])
        #expect(rig.machine.mode == .idle)
    }

    @Test func `an item without a route and an item for a full bin are handed back with their reasons`() {
        var settings = IntakeSettings.rs1
        settings.binFullPolicy = .refuse
        var rig = Rig.idle(settings: settings)
        rig.answer = .identified(.other, .recycling)
        rig.putItemIn()
        rig.answerEvidence()
        rig.set(.entryBeam, true)
        rig.set(.presence, false)
        rig.set(.entryBeam, false)
        rig.send(.binLevelRead("plastic", .good(95, at: rig.now)))
        #expect(rig.machine.mode == .idle)
        rig.answer = .plasticCup
        rig.putItemIn()
        rig.answerEvidence()
        rig.set(.entryBeam, true)
        rig.set(.presence, false)
        rig.set(.entryBeam, false)
        #expect(rig.refusals.map(\.rejection.reason) == [.noRoute, .binFull])
    }

    @Test func `a hand that leaves nothing behind leaves no record`() {
        var rig = Rig.idle()
        let before = rig.ledger.count
        rig.set(.entryBeam, true)
        rig.set(.entryBeam, false)
        #expect(rig.machine.passage.name == .settling)
        rig.waitForDeadline()
        #expect(rig.machine.passage == .empty)
        #expect(rig.ledger.count == before)
    }

    @Test func `an item pulled out while it is measured is recorded as withdrawn`() {
        var rig = Rig.idle()
        rig.putItemIn()
        rig.set(.entryBeam, true)
        #expect(rig.machine.passage.name == .disturbed)
        #expect(rig.machine.energised.contains(.gate))
        rig.set(.presence, false)
        rig.set(.entryBeam, false)
        rig.waitForDeadline()
        #expect(rig.refusals.map(\.withdrawn) == [true])
        #expect(rig.machine.passage == .empty)
    }

    @Test func `two items at once are both handed back`() {
        var rig = Rig.idle()
        rig.putItemIn()
        rig.set(.entryBeam, true)
        rig.set(.entryBeam, false)
        #expect(rig.machine.passage.name == .handingBack)
        rig.set(.entryBeam, true)
        rig.set(.entryBeam, false)
        #expect(rig.machine.passage.name == .handingBack)
        rig.set(.entryBeam, true)
        rig.set(.presence, false)
        rig.set(.entryBeam, false)
        #expect(rig.refusals.map(\.rejection.reason) == [.twoItems])
    }

    @Test func `an item pulled out while its acceptance is being stored is reversed`() {
        var rig = Rig.idle()
        rig.putItemIn()
        rig.storing = .holdsBack
        rig.answerEvidence()
        rig.set(.entryBeam, true)
        rig.set(.presence, false)
        rig.set(.entryBeam, false)
        rig.answerLedger()
        #expect(rig.outcomes == [.reversed])
        #expect(!rig.isMoving)
    }

    @Test func `fishing after acceptance stops the belt and gives no credit`() {
        var rig = Rig.idle()
        rig.acceptItem()
        rig.set(.entryBeam, true)
        #expect(!rig.isMoving)
        rig.set(.presence, false)
        rig.set(.entryBeam, false)
        #expect(rig.outcomes == [.reversed])
        #expect(rig.has(.fishing))
    }

    @Test func `an item that comes back after its drop is reversed`() {
        var rig = Rig.idle()
        rig.acceptItem()
        rig.passExitBeam()
        rig.drop()
        rig.set(.exitBeam, true)
        #expect(rig.outcomes == [.reversed])
    }

    @Test func `a hand in the mouth that leaves the item in place only pauses it`() {
        var rig = Rig.idle()
        rig.acceptItem()
        rig.set(.entryBeam, true)
        rig.set(.entryBeam, false)
        #expect(rig.isMoving)
        rig.passExitBeam()
        rig.drop()
        rig.waitForDeadline()
        #expect(rig.outcomes == [.committed])
    }

    @Test func `the next item waits at the shut gate and then gets its own passage`() {
        var rig = Rig.idle()
        rig.acceptItem()
        rig.passExitBeam()
        rig.set(.entryBeam, true)
        #expect(!rig.machine.energised.contains(.gate))
        rig.drop()
        rig.waitForDeadline()
        #expect(rig.outcomes == [.committed])
        #expect(rig.machine.passage.name == .entering)
    }

    @Test func `a beam order that cannot be gives no credit`() {
        var rig = Rig.idle()
        rig.acceptItem()
        rig.set(.dropBeam, true)
        #expect(rig.outcomes == [.unconfirmed])
        #expect(rig.has(.beamOrder))
    }

    @Test func `an acceptance that cannot be stored moves nothing and is handed back`() {
        var rig = Rig.idle()
        rig.putItemIn()
        rig.storing = .fails(.diskFull)
        rig.answerEvidence()
        #expect(rig.machine.passage.name == .handingBack)
        rig.set(.entryBeam, true)
        rig.set(.presence, false)
        rig.set(.entryBeam, false)
        #expect(rig.machine.mode == .suspended([.diskFull]))
        #expect(rig.ledger.allSatisfy { $0.kind != .accepted })
        rig.storing = .works
        rig.waitForDeadline()
        #expect(rig.refusals.map(\.rejection.reason) == [.notStored])
        #expect(rig.machine.mode == .idle)
    }

    @Test func `a slow disk is waited for and said`() {
        var rig = Rig.idle()
        rig.putItemIn()
        rig.storing = .holdsBack
        rig.answerEvidence()
        rig.waitForDeadline()
        #expect(rig.has(.ledgerFailed))
        rig.answerLedger()
        #expect(rig.machine.passage.name == .diverting)
        #expect(!rig.has(.ledgerFailed))
    }

    @Test func `a stuck diverter hands the accepted item back and holds until cleared`() {
        var rig = Rig.idle()
        rig.putItemIn()
        rig.answerEvidence()
        rig.waitForDeadline()
        #expect(rig.machine.mode == .held([.diverterStuck]))
        rig.set(.entryBeam, true)
        rig.set(.presence, false)
        rig.set(.entryBeam, false)
        #expect(rig.outcomes == [.returned])
        rig.send(.commanded(.clear, by: "test"))
        #expect(rig.machine.mode == .idle)
        #expect(!rig.has(.diverterStuck))
    }

    @Test func `an item that is not taken holds the station until it is`() {
        var rig = Rig.idle()
        rig.answer = .foreign
        rig.putItemIn()
        rig.answerEvidence()
        rig.set(.entryBeam, true)
        rig.waitForDeadline()
        #expect(rig.machine.mode == .held([.itemNotTaken]))
        #expect(rig.machine.energised.contains(.buzzer))
        rig.waitForDeadline()
        #expect(!rig.machine.energised.contains(.buzzer))
        #expect(rig.machine.nextDeadline == nil)
        rig.set(.presence, false)
        rig.set(.entryBeam, false)
        #expect(rig.machine.mode == .idle)
        #expect(rig.refusals.count == 1)
    }

    @Test func `a blocked mouth holds the station and goes on when it is free`() {
        var rig = Rig.idle()
        rig.set(.entryBeam, true)
        rig.waitForDeadline()
        #expect(rig.machine.mode == .held([.entryBlocked]))
        rig.set(.entryBeam, false)
        #expect(rig.machine.mode == .executing)
        rig.waitForDeadline()
        #expect(rig.machine.mode == .idle)
    }
}
