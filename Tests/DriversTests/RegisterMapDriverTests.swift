import Modbus
import StationConfig
import Testing
import Vocabulary

@testable import Drivers

struct RegisterMapDriverTests {
    private func map(_ points: [RegisterPoint?], role: RegisterMap.Role = .monitor) throws -> RegisterMap {
        let limits = try #require(ReadPlan.Limits())
        return try RegisterMap(
            device: "d", points: points.map { try #require($0) }, role: role,
            patience: RegisterMap.Patience(interval: .milliseconds(50), timeout: .milliseconds(200), attempts: 3),
            limits: limits)
    }

    // MARK: Values

    /// One point over one register or two, and what is told of it.
    struct ValueRow: Sendable, CustomTestStringConvertible {
        var name: String
        var type: RegisterType
        var scaling: RegisterScaling
        var registers: [UInt16]
        var expected: Measured<PointValue>
        var testDescription: String { name }

        init(
            _ name: String, _ type: RegisterType, _ registers: [UInt16], _ expected: Measured<PointValue>,
            _ scaling: RegisterScaling = RegisterScaling()
        ) {
            self.name = name
            self.type = type
            self.scaling = scaling
            self.registers = registers
            self.expected = expected
        }

        static func good(_ value: PointValue) -> Measured<PointValue> { .good(value, at: .at(9)) }
        static let implausible = Measured<PointValue>.failed(.implausible, at: .at(9))
        static let tenth = ExactDecimal("0.1") ?? .one
        static let half = ExactDecimal("0.5") ?? .one
        static let range = ExactDecimal(0)...ExactDecimal(100)

        static let all = [
            ValueRow("scaled", .signed(.bits16), [0xFFF6], good(.number(-1)), RegisterScaling(scale: tenth)),
            ValueRow(
                "tenths are not rounded", .unsigned(.bits16), [3], good(.number(0.3)), RegisterScaling(scale: tenth)),
            ValueRow(
                "scaled, then shifted", .unsigned(.bits16), [10], good(.number(1.5)),
                RegisterScaling(scale: tenth, offset: half)),
            ValueRow("nothing", .unsigned(.bits16), [0], good(.nothing), RegisterScaling(noneValue: 0)),
            ValueRow(
                "64 bits to the last", .unsigned(.bits64), [0x7FFF, 0xFFFF, 0xFFFF, 0xFFFF], good(.nothing),
                RegisterScaling(noneValue: 0x7FFF_FFFF_FFFF_FFFF)),
            ValueRow(
                "one off is not nothing", .unsigned(.bits64), [0x7FFF, 0xFFFF, 0xFFFF, 0xFFFE], implausible,
                RegisterScaling(plausible: range, noneValue: 0x7FFF_FFFF_FFFF_FFFF)),
            ValueRow("in range", .unsigned(.bits16), [100], good(.number(100)), RegisterScaling(plausible: range)),
            ValueRow("out of range", .unsigned(.bits16), [101], implausible, RegisterScaling(plausible: range)),
            ValueRow(
                "a float out of range", .float32, [0x42C8, 0x0001], implausible, RegisterScaling(plausible: range)),
            ValueRow("a float", .float32, [0x4000, 0], good(.number(1.5)), RegisterScaling(scale: half, offset: half)),
            ValueRow("not a number", .float32, [0x7FC0, 0], implausible),
            ValueRow("infinite", .float32, [0x7F80, 0], implausible),
            ValueRow("BCD", .bcd16, [0x0815], good(.number(815))),
            ValueRow("no BCD", .bcd16, [0x081A], implausible),
            ValueRow("bit set", .bit(15), [0x8000], good(.flag(true))),
            ValueRow("bit clear", .bit(15), [0x7FFF], good(.flag(false))),
            ValueRow("text", .ascii(registers: 2), [0x4142, 0x4300], good(.text("ABC"))),
            ValueRow("no text", .ascii(registers: 2), [0x4142, 0x4303], implausible),
            ValueRow("code", .unsigned(.bits16), [1], good(.number(0.1)), RegisterScaling(codes: [.zero, tenth])),
            ValueRow("unknown code", .unsigned(.bits16), [2], implausible, RegisterScaling(codes: [.zero, tenth])),
        ]
    }

    @Test(arguments: ValueRow.all)
    func `registers give a value or a failure`(row: ValueRow) throws {
        let point = RegisterPoint("p", .input(4, RegisterFormat(row.type)), unit: "u", scaling: row.scaling)
        var driver = RegisterMapDriver(try map([point]))
        #expect(
            driver.begin(.poll, at: .at(0))
                == .send(.readInput(RegisterRange(4, count: UInt16(row.registers.count)))))
        #expect(
            driver.next(.registers(row.registers), at: .at(9))
                == .done(.alive, [PointSample("p", unit: "u", row.expected)]))
    }

    @Test(arguments: [(2, 12.34), (0, 1234), (9, 0.000001234)] as [(UInt16, Double)])
    func `decimals come from another register`(places: UInt16, expected: Double) throws {
        let points = [
            RegisterPoint(
                "p", .holding(0, RegisterFormat(.unsigned(.bits16))),
                scaling: RegisterScaling(decimalsFrom: ["places"])),
            RegisterPoint("places", .holding(1, RegisterFormat(.unsigned(.bits16)))),
        ]
        var driver = RegisterMapDriver(try map(points))
        _ = driver.begin(.poll, at: .at(0))
        let step = driver.next(.registers([1234, places]), at: .at(9))
        guard case .done(.alive, let samples) = step else { throw CancellationError() }
        #expect(samples[0].value == .good(.number(expected), at: .at(9)))
        _ = driver.begin(.poll, at: .at(0))
        guard case .done(_, let others) = driver.next(.registers([1234, 10]), at: .at(9)) else {
            throw CancellationError()
        }
        #expect(others[0].value == .failed(.implausible, at: .at(9)), "ten decimals are no setting")
    }

    // MARK: Rules and patience

    private var scalePoints: [RegisterPoint?] {
        [
            RegisterPoint(
                "mass", .holding(0, RegisterFormat(.unsigned(.bits16))), unit: "g",
                rules: [
                    QualityRule(point: "state", .bitSet(0), expected: true, failure: .unstable),
                    QualityRule(point: "state", .bitSet(1), expected: false, failure: .refused),
                ]),
            RegisterPoint("state", .holding(1, RegisterFormat(.unsigned(.bits16)))),
        ]
    }

    @Test func `a mass is weighed again until it has settled`() throws {
        var driver = RegisterMapDriver(try map(scalePoints, role: .scale(point: "mass")))
        #expect(driver.begin(.measure, at: .at(0)) == .send(.readHolding(RegisterRange(0, count: 2))))
        #expect(driver.next(.registers([5, 0]), at: .at(10)) == .pause(until: .at(60)))
        #expect(driver.next(.pauseOver, at: .at(60)) == .send(.readHolding(RegisterRange(0, count: 2))))
        guard case .done(let result, _) = driver.next(.registers([7, 1]), at: .at(70)) else {
            throw CancellationError()
        }
        #expect(result == .evidence(.mass(.good(Mass(milligrams: 7000), at: .at(70)))))
    }

    @Test func `patience ends by looks or by time, and the failure says why`() throws {
        var driver = RegisterMapDriver(try map(scalePoints, role: .scale(point: "mass")))
        _ = driver.begin(.measure, at: .at(0))
        for now in [10, 70] as [Int64] {
            #expect(driver.next(.registers([5, 0]), at: .at(now)) == .pause(until: .at(now + 50)))
            _ = driver.next(.pauseOver, at: .at(now + 50))
        }
        guard case .done(let third, _) = driver.next(.registers([5, 0]), at: .at(130)) else {
            throw CancellationError()
        }
        #expect(third == .evidence(.mass(.failed(.unstable, at: .at(130)))))
        _ = driver.begin(.measure, at: .at(1000))
        guard case .done(let late, _) = driver.next(.registers([5, 0]), at: .at(1200)) else {
            throw CancellationError()
        }
        #expect(late == .evidence(.mass(.failed(.unstable, at: .at(1200)))))
        _ = driver.begin(.measure, at: .at(2000))
        // What is refused will not settle: it is not asked again.
        guard case .done(let refused, _) = driver.next(.registers([5, 2]), at: .at(2010)) else {
            throw CancellationError()
        }
        #expect(refused == .evidence(.mass(.failed(.refused, at: .at(2010)))))
    }

    @Test func `an answer that nobody asked for begins a look anew`() throws {
        var driver = RegisterMapDriver(try map(scalePoints, role: .scale(point: "mass")))
        _ = driver.begin(.poll, at: .at(0))
        #expect(driver.next(.written, at: .at(1)) == .send(.readHolding(RegisterRange(0, count: 2))))
    }
}

/// A tag reader that latches, as maps describe it.
struct LatchedFlagTests {
    private let text = """
        device: d
        role: {tagReader: tag}
        measure: {interval: "80 ms", attempts: 2}
        points:
          - {name: tag, table: holding, address: 10, type: uint32, order: ABCD, latch: {point: fresh}}
          - {name: fresh, table: coil, address: 4}
        """
    private let readFlag = DriverStep.send(.readCoils(BitRange(4, count: 1)))
    private let readTag = DriverStep.send(.readHolding(RegisterRange(10, count: 2)))
    private let clear = DriverStep.send(.writeCoil(address: 4, isOn: false))

    private func driver(_ text: String) throws -> RegisterMapDriver {
        RegisterMapDriver(try RegisterMapReader.read(text: text, file: "m.yaml"))
    }

    /// One look, and the step after it.
    private func look(_ driver: inout RegisterMapDriver, _ isSet: Bool, _ tag: UInt16, at now: Instant) -> DriverStep {
        #expect(driver.next(.bits([isSet]), at: now) == readTag)
        return driver.next(.registers([0, tag]), at: now)
    }

    @Test func `a tag that was latched before the item came is not the item's`() throws {
        var driver = try driver(text)
        #expect(driver.begin(.measure, at: .at(0)) == readFlag)
        #expect(look(&driver, true, 111, at: .at(10)) == clear)
        #expect(driver.next(.written, at: .at(20)) == readFlag, "the flag has to be seen clear")
        #expect(look(&driver, false, 111, at: .at(30)) == .pause(until: .at(110)))
        #expect(driver.next(.pauseOver, at: .at(110)) == readFlag)
        #expect(look(&driver, true, 222, at: .at(120)) == clear, "the tag was taken")
        let tag = try #require(Tag(number: 222))
        guard case .done(let result, let samples) = driver.next(.written, at: .at(130)) else {
            throw CancellationError()
        }
        #expect(result == .evidence(.tag(.good(.tag(tag), at: .at(120)))))
        #expect(samples[0] == PointSample("tag", .good(.number(222), at: .at(120))))
    }

    @Test func `without a fresh flag there is no tag, whatever the register holds`() throws {
        var driver = try driver(text)
        _ = driver.begin(.measure, at: .at(0))
        _ = look(&driver, false, 111, at: .at(10))
        _ = driver.next(.pauseOver, at: .at(90))
        #expect(look(&driver, false, 111, at: .at(100)) == .pause(until: .at(180)))
        _ = driver.next(.pauseOver, at: .at(180))
        guard case .done(let result, let samples) = look(&driver, false, 111, at: .at(190)) else {
            throw CancellationError()
        }
        #expect(result == .evidence(.tag(.good(.noTag, at: .at(190)))))
        #expect(samples[0].value == .good(.nothing, at: .at(190)))
    }

    @Test func `a flag that cannot be cleared is no evidence`() throws {
        var driver = try driver(text)
        _ = driver.begin(.measure, at: .at(0))
        for _ in 0..<RegisterMapDriver.clearingsLimit {
            #expect(look(&driver, true, 111, at: .at(10)) == clear)
            #expect(driver.next(.written, at: .at(10)) == readFlag)
        }
        guard case .done(let result, _) = look(&driver, true, 111, at: .at(20)) else { throw CancellationError() }
        #expect(result == .evidence(.tag(.failed(.implausible, at: .at(20)))))
    }

    @Test func `a poll takes what was latched and clears the flag for the next`() throws {
        var driver = try driver(text)
        _ = driver.begin(.poll, at: .at(0))
        #expect(look(&driver, true, 111, at: .at(10)) == clear)
        guard case .done(.alive, let samples) = driver.next(.written, at: .at(20)) else { throw CancellationError() }
        #expect(samples[0] == PointSample("tag", .good(.number(111), at: .at(10))))
        _ = driver.begin(.poll, at: .at(1000))
        guard case .done(.alive, _) = look(&driver, false, 111, at: .at(1010)) else {
            Issue.record("nothing is to be cleared")
            return
        }
    }

    @Test func `flags in one register are cleared by one write that leaves the others as they are`() throws {
        var driver = try driver(
            """
            device: d
            points:
              - {name: a, table: holding, address: 0, type: uint16, latch: {point: a-fresh}}
              - {name: b, table: holding, address: 1, type: uint16, latch: {point: b-fresh, unset: unstable}}
              - {name: a-fresh, table: holding, address: 2, type: bit, bit: 0}
              - {name: b-fresh, table: holding, address: 2, type: bit, bit: 9}
            """)
        _ = driver.begin(.poll, at: .at(0))
        #expect(
            driver.next(.registers([7, 8, 0xFFFF]), at: .at(5)) == .send(.writeHolding(address: 2, value: 0xFDFE)))
        guard case .done(.alive, let samples) = driver.next(.written, at: .at(6)) else { throw CancellationError() }
        #expect(samples.prefix(2).map(\.value) == [.good(.number(7), at: .at(5)), .good(.number(8), at: .at(5))])
        _ = driver.begin(.poll, at: .at(10))
        #expect(
            driver.next(.registers([7, 8, 0x0001]), at: .at(15)) == .send(.writeHolding(address: 2, value: 0)))
        guard case .done(.alive, let later) = driver.next(.written, at: .at(16)) else { throw CancellationError() }
        #expect(later[1].value == .failed(.unstable, at: .at(15)))
    }
}
