import Modbus
import Testing
import Vocabulary

@testable import Drivers

struct DriverTests {
    // MARK: Scale

    struct WeightRow {
        var name: String
        var registers: [UInt16]
        var expected: LaumasTLB4.Weight
    }

    @Test(arguments: [
        WeightRow(
            name: "0.1 g a count", registers: [0x1000, 0, 0x01F4, 0, 0, 0, 0, 0x0109],
            expected: .settled(Mass(milligrams: 50_000))),
        WeightRow(
            name: "division 2 g counts in grams", registers: [0x1000, 0, 25, 0, 0, 0, 0, 0x0105],
            expected: .settled(Mass(milligrams: 25_000))),
        WeightRow(
            name: "0.01 kg a count", registers: [0x1000, 0x0001, 0x0000, 0, 0, 0, 0, 0x000C],
            expected: .settled(Mass(milligrams: 655_360_000))),
        WeightRow(
            name: "negative, below a milligram", registers: [0x1000, 0xFFFF, 0xFFF9, 0, 0, 0, 0, 0x0112],
            expected: .settled(Mass(milligrams: -1))),
        WeightRow(name: "not stable", registers: [0x0000, 0, 500, 0, 0, 0, 0, 0x0109], expected: .moving),
        WeightRow(name: "cell error", registers: [0x1001, 0, 500, 0, 0, 0, 0, 0x0109], expected: .faulty),
        WeightRow(name: "converter fault", registers: [0x1002, 0, 500, 0, 0, 0, 0, 0x0109], expected: .faulty),
        WeightRow(name: "overload", registers: [0x1004, 0, 500, 0, 0, 0, 0, 0x0109], expected: .faulty),
        WeightRow(name: "unknown division", registers: [0x1000, 0, 500, 0, 0, 0, 0, 0x0113], expected: .faulty),
        WeightRow(name: "pounds", registers: [0x1000, 0, 500, 0, 0, 0, 0, 0x0309], expected: .faulty),
    ])
    func `the scale's registers give a weight or none`(_ row: WeightRow) {
        #expect(LaumasTLB4.decode(row.registers) == row.expected, "\(row.name)")
    }

    static func weight(decigrams: UInt16, isStable: Bool = true) -> DriverAnswer {
        .registers([isStable ? 0x1000 : 0, 0, decigrams, 0, 0, 0, 0, 0x0109])
    }

    @Test func `a mass is the settled weight above the resting one`() {
        var scale = LaumasTLB4()
        #expect(scale.begin(.poll, at: .at(0)) == .send(.readHolding(RegisterRange(6, count: 8))))
        #expect(
            scale.next(Self.weight(decigrams: 12), at: .at(0))
                == .done(.alive, [PointSample("gross", unit: "g", .good(.number(1.2), at: .at(0)))]))
        _ = scale.begin(.measure, at: .at(1000))
        #expect(scale.next(Self.weight(decigrams: 90, isStable: false), at: .at(1010)) == .pause(until: .at(1040)))
        #expect(scale.next(.pauseOver, at: .at(1040)) == .send(.readHolding(LaumasTLB4.weightBlock)))
        #expect(
            scale.next(Self.weight(decigrams: 112), at: .at(1050))
                == .done(
                    .evidence(.mass(.good(Mass(milligrams: 10_000), at: .at(1050)))),
                    [PointSample("gross", unit: "g", .good(.number(11.2), at: .at(1050)))]))
    }

    @Test func `a weight that never settles is unstable, not a number`() {
        var scale = LaumasTLB4()
        _ = scale.begin(.measure, at: .at(0))
        #expect(scale.next(Self.weight(decigrams: 90, isStable: false), at: .at(1499)) == .pause(until: .at(1529)))
        #expect(
            scale.next(Self.weight(decigrams: 90, isStable: false), at: .at(1530))
                == .done(.evidence(.mass(.failed(.unstable, at: .at(1530))))))
    }

    @Test func `zero tracking follows drift and takes no item for it`() {
        var zero = ZeroTracking()
        zero.restSeen(Mass(milligrams: 300), at: .at(0))
        #expect(zero.baseline.milligrams == 300)
        zero.restSeen(Mass(milligrams: 4000), at: .at(1000))  // a light item is put in
        zero.itemArrived()
        zero.restSeen(Mass(milligrams: 4000), at: .at(5000))  // and waits to be taken
        zero.itemArrived()
        #expect(zero.baseline.milligrams == 300)
        zero.restSeen(Mass(milligrams: 500), at: .at(6000))
        zero.restSeen(Mass(milligrams: 510), at: .at(45_999))
        #expect(zero.baseline.milligrams == 300)
        zero.restSeen(Mass(milligrams: 520), at: .at(46_000))
        #expect(zero.baseline.milligrams == 500)
        zero.restSeen(Mass(milligrams: 5001), at: .at(90_000))
        #expect(zero.baseline.milligrams == 500)
    }

    // MARK: Tag reader

    @Test func `a tag is found within three attempts`() throws {
        var reader = TechnotradeVRD485()
        #expect(reader.begin(.measure, at: .at(0)) == .send(.readHolding(RegisterRange(2, count: 2))))
        #expect(reader.next(.registers([0, 0]), at: .at(0)) == .pause(until: .at(100)))
        #expect(reader.next(.pauseOver, at: .at(100)) == .send(.readHolding(TechnotradeVRD485.tagBlock)))
        let tag = try #require(Tag(number: 0x0012_D687))
        #expect(
            reader.next(.registers([0x0012, 0xD687]), at: .at(110))
                == .done(
                    .evidence(.tag(.good(.tag(tag), at: .at(110)))),
                    [PointSample("tag", .good(.number(1_234_567), at: .at(110)))]))
    }

    @Test func `after three attempts without a tag there is none`() {
        var reader = TechnotradeVRD485()
        _ = reader.begin(.measure, at: .at(0))
        _ = reader.next(.registers([0, 0]), at: .at(0))
        _ = reader.next(.registers([0, 0]), at: .at(100))
        #expect(
            reader.next(.registers([0, 0]), at: .at(200))
                == .done(
                    .evidence(.tag(.good(.noTag, at: .at(200)))), [PointSample("tag", .good(.nothing, at: .at(200)))]))
    }

    // MARK: Level sensor

    struct LevelRow {
        var registers: [UInt16]
        var expected: Measured<Int>
    }

    @Test(arguments: [
        LevelRow(registers: [0, 0, 0], expected: .good(0, at: .at(7))),
        LevelRow(registers: [100, 3, 0], expected: .good(100, at: .at(7))),
        LevelRow(registers: [101, 0, 0], expected: .failed(.implausible, at: .at(7))),
        LevelRow(registers: [0, 0, 1], expected: .failed(.refused, at: .at(7))),
    ])
    func `a level is a percentage or a failure`(_ row: LevelRow) {
        #expect(ElsnerSO250.decode(row.registers, at: .at(7)) == row.expected)
    }

    // MARK: Drive

    @Test func `a drive with another frequency is set, verified and asked for its fault`() {
        var drive = DeltaMS300(speedCentihertz: 2500)
        #expect(drive.begin(.poll, at: .at(0)) == .send(.readHolding(RegisterRange(0x2001, count: 1))))
        #expect(drive.next(.registers([0]), at: .at(0)) == .send(.writeHolding(address: 0x2001, value: 2500)))
        #expect(drive.next(.written, at: .at(0)) == .send(.readHolding(RegisterRange(0x2001, count: 1))))
        #expect(drive.next(.registers([2500]), at: .at(0)) == .send(.readHolding(RegisterRange(0x2100, count: 1))))
        #expect(
            drive.next(.registers([0x0815]), at: .at(0))
                == .done(
                    .driveFault(0x15),
                    [
                        PointSample("frequency", unit: "Hz", .good(.number(25), at: .at(0))),
                        PointSample("fault", .good(.number(0x15), at: .at(0))),
                        PointSample("warning", .good(.number(0x08), at: .at(0))),
                    ]))
    }

    @Test func `a drive that does not keep its frequency has failed`() {
        var drive = DeltaMS300(speedCentihertz: 2500)
        _ = drive.begin(.poll, at: .at(0))
        _ = drive.next(.registers([0]), at: .at(0))
        _ = drive.next(.written, at: .at(0))
        #expect(drive.next(.registers([2400]), at: .at(0)) == .failed(.implausible))
    }
}
