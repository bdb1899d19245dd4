import Testing
import Vocabulary

@testable import SimulatedStation

@Suite struct ScriptTests {
    typealias Edge = Rig.Edge

    @Test func `An item pulled out by its string leaves through the shut gate`() {
        let rig = Rig([.cup(.pulledOutWhileMeasuring(after: .seconds(2)))])
        rig.putIn()
        // Let go at 1875 ms, pulled from 210 mm at 3875 ms: rear edge at the beam 425 ms, front 625 ms later.
        #expect(
            rig.edges(of: .entryBeam)
                == [Edge(1250, true), Edge(2300, false), Edge(4300, true), Edge(4500, false)])
        #expect(rig.time(of: .itemEnded(0, .withdrawn)) == 4550)
        #expect(!rig.world.isGateOpen)
    }

    @Test func `An item fished in the exit beam comes back past exit beam and entry beam`() {
        let rig = Rig([.cup(.fishedAfterAcceptance(.exitBeam))])
        rig.putIn()
        rig.set(.conveyorForward, true, atMilliseconds: 10_000)
        rig.run(toMilliseconds: 20_000)
        // Centre at 475 mm after 265 mm: 1375 ms. Its rear edge left the exit beam before, at 1300 ms, and is back in
        // it after 15 mm; its front leaves it after another 80 mm.
        #expect(
            rig.edges(of: .exitBeam)
                == [Edge(10_900, true), Edge(11_300, false), Edge(11_413, true), Edge(11_613, false)])
        #expect(rig.edges(of: .entryBeam, afterMilliseconds: 10_000).map(\.isActive) == [true, false])
        #expect(rig.edges(of: .dropBeam).isEmpty)
        #expect(rig.world.whereabouts[0] == .ended(.withdrawn))
        #expect(rig.world.bins.isEmpty)
    }

    @Test func `An item fished in the chamber never reaches the exit beam`() {
        let rig = Rig([.cup(.fishedAfterAcceptance(.chamber))])
        rig.putIn()
        rig.set(.conveyorForward, true, atMilliseconds: 10_000)
        rig.run(toMilliseconds: 20_000)
        #expect(rig.edges(of: .exitBeam).isEmpty)
        #expect(rig.world.whereabouts[0] == .ended(.withdrawn))
    }

    @Test func `An item fished out of the bin passes the drop beam twice`() {
        let rig = Rig([.cup(.fishedAfterAcceptance(.bin))])
        rig.putIn()
        rig.set(.conveyorForward, true, atMilliseconds: 10_000)
        rig.run(toMilliseconds: 20_000)
        #expect(
            rig.edges(of: .dropBeam)
                == [Edge(11_550, true), Edge(11_610, false), Edge(11_910, true), Edge(11_970, false)])
        #expect(rig.edges(of: .exitBeam).map(\.isActive) == [true, false, true, false])
        #expect(rig.world.whereabouts[0] == .ended(.withdrawn))
        #expect(rig.world.binLevels.allSatisfy { $0.levelPercent == 0 })
    }

    @Test func `The second of two items enters behind the first before the gate can shut`() {
        let rig = Rig([.cup(.putInTwo), .cup()])
        rig.putIn()
        #expect(rig.world.centreMillimetres(of: 0) == 210)
        // Rear edge of the first at 170 mm, 10 mm of gap, half a length.
        #expect(rig.world.centreMillimetres(of: 1) == 120)
        #expect(rig.edges(of: .entryBeam).map(\.isActive) == [true, false, true, false])
        #expect((698...702).contains(rig.grossDecigrams(at: .milliseconds(5000))))
    }

    @Test func `A jam comes loose with the movement that its script says`() {
        let rig = Rig([.cup(.jams(atMillimetres: 400, clearingMovements: 2))])
        rig.putIn()
        rig.set(.conveyorForward, true, atMilliseconds: 6000)
        rig.run(toMilliseconds: 10_000)
        #expect(rig.world.centreMillimetres(of: 0).map { abs($0 - 400) < 0.001 } == true)
        // First movement: backwards. It stays.
        rig.set(.conveyorForward, false, atMilliseconds: 10_000)
        rig.set(.conveyorReverse, true, atMilliseconds: 10_500)
        rig.run(toMilliseconds: 11_000)
        #expect(rig.world.centreMillimetres(of: 0).map { abs($0 - 400) < 0.001 } == true)
        // Second movement: on again. It rides.
        rig.set(.conveyorReverse, false, atMilliseconds: 11_000)
        rig.set(.conveyorForward, true, atMilliseconds: 11_500)
        rig.run(toMilliseconds: 15_000)
        #expect(rig.world.whereabouts[0] == .ended(.bin("reuse")))
    }

    @Test func `The attendant removes what is jammed for good once the red lamp shows it`() {
        let rig = Rig([.cup(.jams(atMillimetres: 400, clearingMovements: nil))]) {
            $0.attendantComesAfter = .seconds(5)
        }
        rig.putIn()
        rig.set(.conveyorForward, true, atMilliseconds: 6000)
        rig.set(.conveyorForward, false, atMilliseconds: 10_000)
        rig.set(.lampRed, true, atMilliseconds: 10_000)
        rig.run(toMilliseconds: 60_000)
        // The belt needs 100 ms to its rest; then 5 s to the door and 3 s of work.
        #expect(rig.edges(of: .doorClosed) == [Edge(15_100, false), Edge(18_100, true)])
        #expect(rig.world.whereabouts[0] == .ended(.removed))
    }

    @Test func `A person whose item is stuck out of sight calls somebody when the station invites the next one`() {
        let rig = Rig([.cup(.jams(atMillimetres: 400, clearingMovements: nil))]) {
            $0.attendantComesAfter = .seconds(5)
        }
        rig.putIn()
        rig.set(.conveyorForward, true, atMilliseconds: 6000)
        rig.set(.conveyorForward, false, atMilliseconds: 10_000)
        rig.set(.gate, true, atMilliseconds: 20_000)
        rig.set(.lampGreen, true, atMilliseconds: 20_000)
        rig.run(toMilliseconds: 84_000)
        #expect(rig.edges(of: .doorClosed).isEmpty)
        rig.run(toMilliseconds: 120_000)
        // The gate opens in 200 ms. Then a minute of patience, 5 s to the door and 3 s of work.
        #expect(rig.edges(of: .doorClosed) == [Edge(85_200, false), Edge(88_200, true)])
        #expect(rig.world.whereabouts[0] == .ended(.removed))
    }

    @Test func `An item that is not taken lies in the mouth for as long as its script says`() {
        let rig = Rig([.cup(.notTaken(.seconds(30)))])
        rig.putIn()
        rig.set(.gate, true, atMilliseconds: 6000)
        rig.set(.conveyorReverse, true, atMilliseconds: 7000)
        rig.set(.conveyorReverse, false, atMilliseconds: 8000)
        rig.run(toMilliseconds: 37_000)
        #expect(rig.world.whereabouts[0] == .onBelt)
        rig.run(toMilliseconds: 60_000)
        #expect(rig.world.whereabouts[0] == .ended(.handedBack))
        // It can be gripped at 7925 ms.
        #expect((37_925...38_300).contains(rig.time(of: .itemEnded(0, .handedBack)) ?? 0))
    }
}
