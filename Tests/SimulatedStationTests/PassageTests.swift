import Testing
import Vocabulary

@testable import SimulatedStation

@Suite struct PassageTests {
    typealias Edge = Rig.Edge

    @Test func `A person puts an item in a second after the open gate and the hand leaves last`() {
        let rig = Rig([.cup()])
        rig.putIn()
        // The gate needs 200 ms, the person 1000 ms. The front starts at -20 mm and moves at 400 mm/s.
        #expect(rig.time(of: .itemSent(0)) == 1200)
        // Centre from -60 to 210 mm: 675 ms.
        #expect(rig.time(of: .itemReleased(0)) == 1875)
        // Front at the beam after 20 mm; the hand is at 170 mm when it lets go and needs 425 ms out.
        #expect(rig.edges(of: .entryBeam) == [Edge(1250, true), Edge(2300, false)])
        // Front at 60 mm after 80 mm.
        #expect(rig.edges(of: .presence) == [Edge(1400, true)])
        #expect(rig.world.centreMillimetres(of: 0) == 210)
        #expect(rig.world.whereabouts[0] == .onBelt)
    }

    @Test func `An item passes exit beam and drop beam where geometry puts them and lies in the home bin`() {
        let rig = Rig([.cup()])
        rig.putIn()
        rig.set(.conveyorForward, true, atMilliseconds: 10_000)
        rig.run(toMilliseconds: 20_000)
        // The ramp costs 10 mm in 100 ms, then 200 mm/s. Rear edge at 340 mm: 170 mm; front at 420 mm: 170 mm; rear at
        // 420 mm: 250 mm; centre at 480 mm: 270 mm.
        #expect(rig.edges(of: .presence, afterMilliseconds: 10_000) == [Edge(10_900, false)])
        #expect(rig.edges(of: .exitBeam) == [Edge(10_900, true), Edge(11_300, false)])
        #expect(rig.time(of: .itemLeftBelt(0)) == 11_400)
        #expect(rig.edges(of: .dropBeam) == [Edge(11_550, true), Edge(11_610, false)])
        #expect(rig.time(of: .itemEnded(0, .bin("reuse"))) == 11_610)
        #expect(rig.world.bins == ["reuse": [0]])
        #expect(rig.world.isOver)
    }

    @Test func `An item that is carried back sticks out, is taken and is handed back`() {
        let rig = Rig([.cup()])
        rig.putIn()
        rig.set(.gate, true, atMilliseconds: 6000)
        rig.set(.conveyorReverse, true, atMilliseconds: 7000)
        rig.run(toMilliseconds: 20_000)
        // Rear edge at 0 after 170 mm: 900 ms. It can be gripped 5 mm later, at 7925 ms, and its person needs 700 ms.
        // By then the belt has brought the centre to 0, where it can take it no further.
        #expect(rig.edges(of: .entryBeam, afterMilliseconds: 7000).first == Edge(7900, true))
        // From the centre at 0 to 60 mm outside: 150 ms; the front leaves the beam after 40 mm.
        #expect(rig.edges(of: .entryBeam, afterMilliseconds: 7000).last == Edge(8725, false))
        #expect(rig.time(of: .itemEnded(0, .handedBack)) == 8775)
    }

    struct DiverterRow: CustomTestStringConvertible {
        var left: Bool
        var right: Bool
        var bin: BinID
        var testDescription: String { bin.rawValue }
    }

    @Test(arguments: [
        DiverterRow(left: false, right: false, bin: "reuse"), DiverterRow(left: true, right: false, bin: "plastic"),
        DiverterRow(left: false, right: true, bin: "fibre"), DiverterRow(left: true, right: true, bin: "metal-glass"),
    ])
    func `The diverter's two flaps lead to four bins`(row: DiverterRow) {
        let rig = Rig([.cup()])
        rig.putIn()
        rig.set(.diverterLeft, row.left, atMilliseconds: 6000)
        rig.set(.diverterRight, row.right, atMilliseconds: 6000)
        rig.set(.conveyorForward, true, atMilliseconds: 7000)
        rig.run(toMilliseconds: 20_000)
        #expect(rig.world.whereabouts[0] == .ended(.bin(row.bin)))
        #expect(rig.world.level(of: .diverterHome) == (row.bin == "reuse"))
    }

    @Test func `A flap that has not arrived yet still leads to the old bin`() {
        let early = Rig([.cup()])
        early.putIn()
        early.set(.conveyorForward, true, atMilliseconds: 10_000)
        // The item meets the flaps at 11550 ms; a flap takes 150 ms.
        early.set(.diverterLeft, true, atMilliseconds: 11_399)
        early.run(toMilliseconds: 20_000)
        let late = Rig([.cup()])
        late.putIn()
        late.set(.conveyorForward, true, atMilliseconds: 10_000)
        late.set(.diverterLeft, true, atMilliseconds: 11_402)
        late.run(toMilliseconds: 20_000)
        #expect(early.world.whereabouts[0] == .ended(.bin("plastic")))
        #expect(late.world.whereabouts[0] == .ended(.bin("reuse")))
        #expect(early.edges(of: .diverterHome) == [Edge(11_399, false)])
    }

    @Test func `Nothing is put in without the green lamp or through a shut gate`() {
        let dark = Rig([.cup()])
        dark.set(.gate, true, atMilliseconds: 0)
        dark.run(toMilliseconds: 60_000)
        let shut = Rig([.cup()])
        shut.set(.lampGreen, true, atMilliseconds: 0)
        shut.run(toMilliseconds: 60_000)
        #expect(dark.world.whereabouts[0] == .waiting)
        #expect(shut.world.whereabouts[0] == .waiting)
        #expect(dark.world.nextEventTime == nil)
    }

    @Test func `A shut gate keeps the item inside when the belt runs backwards`() {
        let rig = Rig([.cup()])
        rig.putIn()
        rig.set(.conveyorReverse, true, atMilliseconds: 6000)
        rig.run(toMilliseconds: 20_000)
        let centre = rig.world.centreMillimetres(of: 0) ?? 0
        #expect(abs(centre - 45) < 0.001)
        #expect(rig.edges(of: .entryBeam, afterMilliseconds: 6000).isEmpty)
        rig.set(.gate, true, atMilliseconds: 20_000)
        rig.run(toMilliseconds: 30_000)
        #expect(rig.world.whereabouts[0] == .ended(.handedBack))
    }

    @Test func `The gate does not shut on a hand`() {
        let rig = Rig([.cup(.handStays(.seconds(4)))])
        rig.putIn()
        #expect(rig.world.level(of: .entryBeam))
        rig.set(.gate, false, atMilliseconds: 5500)
        rig.run(toMilliseconds: 20_000)
        // Let go at 1875 + 4000 ms, out 425 ms later.
        #expect(rig.edges(of: .entryBeam) == [Edge(1250, true), Edge(6300, false)])
        #expect(!rig.world.isGateOpen)
    }

    @Test func `Metal is seen by the inductive sensor, plastic is not`() {
        let can = Rig([.cup(material: .steel)])
        can.putIn()
        let cup = Rig([.cup()])
        cup.putIn()
        #expect(can.edges(of: .metal) == [Edge(1400, true)])
        #expect(cup.edges(of: .metal).isEmpty)
    }
}
