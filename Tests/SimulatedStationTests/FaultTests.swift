import Testing
import Vocabulary

@testable import SimulatedStation

@Suite struct FaultTests {
    @Test func `A dead drop beam stays free while the item falls`() {
        let rig = Rig([.cup()]) { $0.faults = [TimedFault(.item(0), .inputStuck(.dropBeam, isActive: false))] }
        rig.putIn()
        rig.set(.conveyorForward, true, atMilliseconds: 6000)
        rig.run(toMilliseconds: 20_000)
        #expect(rig.edges(of: .dropBeam).isEmpty)
        #expect(rig.world.whereabouts[0] == .ended(.bin("reuse")))
    }

    @Test func `A stuck beam shows its level from its time on and is right again when it is freed`() {
        let rig = Rig([]) {
            $0.faults = [
                TimedFault(.time(.seconds(9)), .inputStuck(.entryBeam, isActive: nil)),
                TimedFault(.time(.seconds(2)), .inputStuck(.entryBeam, isActive: true)),
            ]
        }
        rig.run(toMilliseconds: 20_000)
        #expect(rig.edges(of: .entryBeam) == [Rig.Edge(2000, true), Rig.Edge(9000, false)])
    }

    @Test func `A stuck diverter does not follow its coils until it is freed`() {
        let rig = Rig([])
        rig.world.inject(.diverterStuck(true), at: .zero)
        rig.set(.diverterLeft, true, atMilliseconds: 10)
        rig.run(toMilliseconds: 1000)
        #expect(rig.world.diverterPosition == .home)
        #expect(rig.world.level(of: .diverterHome))
        rig.world.inject(.diverterStuck(false), at: .milliseconds(1000))
        rig.run(toMilliseconds: 1151)
        #expect(rig.world.diverterPosition == .left)
    }

    @Test func `A bin that was filled before shows its level and grows with each item`() {
        let rig = Rig([.cup()]) { $0.faults = [TimedFault(.time(.zero), .binFilled("reuse", percent: 89))] }
        rig.putIn()
        rig.set(.conveyorForward, true, atMilliseconds: 6000)
        rig.run(toMilliseconds: 20_000)
        let before = rig.world.binLevels[0].fillPercent
        #expect(rig.world.binLevels[0].levelPercent == 89)
        #expect(before > 89)
        #expect(rig.time(of: .binLevelChanged("reuse")) == 0)
    }

    struct ConditionRow: CustomTestStringConvertible {
        var condition: DeviceCondition
        var answer: RegisterAnswer
        var testDescription: String { condition.rawValue }
    }

    @Test(arguments: [
        ConditionRow(condition: .working, answer: .values([0, 0, 0])),
        ConditionRow(condition: .silent, answer: .silence),
        ConditionRow(condition: .busy, answer: .exception(.busy)),
        ConditionRow(condition: .badChecksum, answer: .badChecksum([0, 0, 0])),
    ])
    func `A device answers as its condition lets it`(row: ConditionRow) {
        let rig = Rig([])
        rig.world.inject(.device(.binLevel("fibre"), row.condition), at: .zero)
        #expect(rig.read(.binLevel("fibre"), .input, address: 0, count: 3, at: .zero) == row.answer)
        // Its neighbour is not touched.
        #expect(rig.read(.binLevel("plastic"), .input, address: 0, count: 1, at: .zero) == .values([0]))
    }

    @Test func `The attendant stays away while the lamp is not red`() {
        let rig = Rig([.cup(.jams(atMillimetres: 400, clearingMovements: nil))]) {
            $0.attendantComesAfter = .seconds(5)
        }
        rig.putIn()
        rig.set(.conveyorForward, true, atMilliseconds: 6000)
        rig.set(.conveyorForward, false, atMilliseconds: 10_000)
        rig.run(toMilliseconds: 600_000)
        #expect(rig.world.whereabouts[0] == .onBelt)
        #expect(rig.edges(of: .doorClosed).isEmpty)
    }
}
