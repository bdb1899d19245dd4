import Testing
import Vocabulary

@testable import SimulatedStation

@Suite struct RegisterTests {
    @Test func `The scale shows status, mass and division as the indicator's manual says`() {
        let rig = Rig([.cup()]) {
            $0.scale.noiseMilligrams = 0
            $0.scale.driftMilligramsPerHour = 0
        }
        rig.putIn()
        let time = Instant.milliseconds(5000)
        // 6: status, bit 12 stable; 7-8 gross and 9-10 net, high word first, 350 tenths of a gram.
        #expect(
            rig.read(.scale, .holding, address: 5, count: 6, at: time)
                == .values([0, 0x1000, 0, 350, 0, 350]))
        #expect(rig.read(.scale, .holding, address: 13, count: 1, at: time) == .values([0x0109]))
        #expect(rig.read(.scale, .holding, address: 14, count: 1, at: time) == .exception(.illegalAddress))
        #expect(rig.read(.scale, .holding, address: 5, count: 33, at: time) == .exception(.illegalValue))
        #expect(rig.read(.scale, .input, address: 6, count: 1, at: time) == .exception(.illegalFunction))
        #expect(rig.write(.scale, address: 5, values: [8], at: time) == .values([]))
        #expect(
            rig.read(.scale, .holding, address: 7, count: 2, at: time.advanced(by: .seconds(1)))
                == .values([0, 0]))
    }

    @Test func `A mass below zero is a signed number of 32 bits`() {
        let rig = Rig([]) {
            $0.scale.noiseMilligrams = 0
            $0.scale.driftMilligramsPerHour = -3600
        }
        #expect(
            rig.read(.scale, .holding, address: 7, count: 2, at: .milliseconds(1_000_000))
                == .values([0xFFFF, 0xFFF6]))
    }

    @Test func `The tag reader shows the number high word first and 0 for none`() {
        let rig = Rig([.cup(tag: 0x0001_86A1)]) { $0.tagReadProbability = 1 }
        #expect(rig.read(.tagReader, .holding, address: 2, count: 2, at: .zero) == .values([0, 0]))
        rig.putIn()
        let time = Instant.milliseconds(5000)
        #expect(rig.read(.tagReader, .holding, address: 2, count: 2, at: time) == .values([1, 0x86A1]))
        #expect(rig.read(.tagReader, .holding, address: 0, count: 1, at: time) == .exception(.illegalAddress))
    }

    @Test func `A tag is heard as often as the reader's probability says`() {
        var reader = TagReader(readProbability: 0.9, random: SeededRandom(seed: 5))
        reader.tagsInField = [Tag(number: 7)].compactMap { $0 }
        var heard = 0
        for _ in 0..<10_000 where reader.poll() != nil { heard += 1 }
        #expect((8900...9100).contains(heard))
    }

    @Test func `The drive takes a frequency and shows fault and output`() {
        let rig = Rig([])
        #expect(rig.write(.drive, address: 0x2001, values: [4000], at: .zero) == .values([]))
        #expect(rig.read(.drive, .holding, address: 0x2000, count: 3, at: .zero) == .values([0, 4000, 0]))
        rig.set(.conveyorForward, true, atMilliseconds: 0)
        #expect(rig.read(.drive, .holding, address: 0x2103, count: 1, at: .zero) == .values([4000]))
        rig.world.inject(.driveFault(code: 21), at: .milliseconds(10))
        #expect(
            rig.read(.drive, .holding, address: 0x2100, count: 4, at: .milliseconds(10))
                == .values([21, 0, 4000, 0]))
        #expect(rig.write(.drive, address: 0x2002, values: [2], at: .milliseconds(20)) == .values([]))
        #expect(rig.world.driveFaultCode == 0)
        #expect(
            rig.write(.drive, address: 0x2001, values: [60_000], at: .milliseconds(20))
                == .exception(.illegalValue))
    }

    @Test func `The head measures for 250 ms, then its sequence moves and its blocks hold the counts`() {
        let rig = Rig([.cup()])
        rig.putIn()
        let start = Instant.milliseconds(5000)
        func header(_ time: Instant) -> RegisterAnswer {
            rig.read(.nirHead, .input, address: 0, count: 6, at: time)
        }
        #expect(header(start) == .values([0, 0, 0, 2000, 128, 1]))
        #expect(rig.write(.nirHead, address: 0, values: [1], at: start) == .values([]))
        #expect(header(start.advanced(by: .milliseconds(249))) == .values([0, 1, 0, 2000, 128, 1]))
        let done = start.advanced(by: .milliseconds(250))
        #expect(header(done) == .values([1, 0, 0, 2000, 128, 1]))
        #expect(rig.read(.nirHead, .input, address: 10, count: 2, at: done) == .values([10_145, 10_201]))
        #expect(rig.read(.nirHead, .input, address: 137, count: 2, at: done) == .values([17_200, 0]))
        #expect(rig.read(.nirHead, .input, address: 768, count: 1, at: done) == .values([600]))
        #expect(rig.read(.nirHead, .input, address: 0, count: 126, at: done) == .exception(.illegalValue))
        #expect(rig.read(.nirHead, .input, address: 1024, count: 1, at: done) == .exception(.illegalAddress))
        guard case .values(let raw) = rig.read(.nirHead, .input, address: 256, count: 125, at: done),
            case .values(let white) = rig.read(.nirHead, .input, address: 512, count: 125, at: done)
        else {
            Issue.record("the head did not answer")
            return
        }
        // Polypropylene of the synthetic library reflects about 0.9 away from its dip at band 28 and 0.54 in it.
        let far = Double(raw[100] - 600) / Double(white[100] - 600)
        let dip = Double(raw[28] - 600) / Double(white[28] - 600)
        #expect(abs(far - 0.9) < 0.15)
        #expect(abs(dip / far - 0.6) < 0.1)
    }

    @Test func `A failed lamp is said in the status and gives no light`() {
        let rig = Rig([.cup()])
        rig.putIn()
        rig.world.inject(.lampFailed(true), at: .milliseconds(5000))
        _ = rig.write(.nirHead, address: 0, values: [1], at: .milliseconds(5000))
        #expect(
            rig.read(.nirHead, .input, address: 0, count: 2, at: .milliseconds(6000)) == .values([1, 2]))
        #expect(rig.world.nirHead.last.raw.allSatisfy { $0 < 700 })
    }
}
