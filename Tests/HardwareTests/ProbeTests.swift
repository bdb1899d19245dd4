import Modbus
import StationConfig
import StationPorts
import Testing
import Vocabulary

@testable import Hardware

struct ProbeTests {
    let bus = ConsoleBus()
    let scale = DeviceSettings(id: "scale", bus: "b", unit: 1, driver: .laumasTLB4, period: .seconds(1))
    let level = DeviceSettings(id: "level", bus: "b", unit: 11, driver: .elsnerSO250, period: .seconds(1))
    let drive = DeviceSettings(id: "drive", bus: "b", unit: 3, driver: .deltaMS300, period: .seconds(1))

    /// Stable, 35.1 g, division 0.1 g.
    static let weight: [UInt16] = [0x1000, 0, 351, 0, 351, 0, 0, 0x0108]
    static let swappedWeight: [UInt16] = [0x1000, 351, 0, 351, 0, 0, 0, 0x0108]

    private func probe(_ devices: [DeviceSettings], _ link: ConsoleLink) -> BusProbe.BusReport {
        BusProbe(conveyorSpeedCentihertz: 4000) { bus.console(link, $0) }.run(bus.settings, devices: devices)
    }

    private func answering(_ answers: [UInt8: ConsoleLink.Outcome]) -> ConsoleLink {
        bus.link { _, unit, _, _ in answers[unit] ?? .failure(.timeout) }
    }

    private func texts(_ samples: [PointSample]) -> [String] {
        samples.map { sample in
            guard case .good(.number(let number), at: _) = sample.value else { return "\(sample.point) -" }
            return "\(sample.point) \(number)"
        }
    }

    @Test func `devices that answer as their drivers expect are well`() {
        let report = probe(
            [scale, level], answering([1: .success(.registers(Self.weight)), 11: .success(.registers([40, 0, 0]))]))
        #expect(report.isWell)
        let said = report.devices.map { device -> [String] in
            guard case .plausible(let samples) = device.finding else { return [] }
            return texts(samples)
        }
        #expect(said == [["gross 35.1"], ["level 40.0"]])
    }

    @Test func `a weight of tonnes that is one of grams with swapped words is called so`() throws {
        let report = probe([scale], answering([1: .success(.registers(Self.swappedWeight))]))
        guard case .implausible(let samples, withWordsSwapped: let swapped) = report.devices[0].finding else {
            Issue.record("\(report.devices[0].finding)")
            return
        }
        #expect(texts(samples) == ["gross 2300313.6"])
        #expect(texts(try #require(swapped)) == ["gross 35.1"])
        #expect(report.state == .works)
    }

    @Test func `the word order of a register map is judged by its plausible range`() throws {
        let limits = try #require(ReadPlan.Limits())
        let temperature = try #require(
            RegisterPoint(
                "temperature", .input(4, RegisterFormat(.float32)), unit: "C",
                scaling: RegisterScaling(plausible: ExactDecimal(-40)...ExactDecimal(85))))
        let serial = try #require(RegisterPoint("serial", .input(3, RegisterFormat(.unsigned(.bits16)))))
        let map = try RegisterMap(device: "thermometer", points: [serial, temperature], limits: limits)
        let thermometer = DeviceSettings(
            id: "thermometer", bus: "b", unit: 1, driver: .registerMap(map), period: .seconds(1))
        // 21.5 with the low word first, behind the serial number.
        let report = probe([thermometer], answering([1: .success(.registers([7, 0, 0x41AC]))]))
        guard case .implausible(_, withWordsSwapped: let swapped) = report.devices[0].finding else {
            Issue.record("\(report.devices[0].finding)")
            return
        }
        #expect(texts(try #require(swapped)).contains("temperature 21.5"))
    }

    @Test func `a device of another kind is implausible in either word order`() {
        let report = probe([scale], answering([1: .success(.registers([1, 2, 3, 4, 5, 6, 7, 0xFFFF]))]))
        guard case .implausible(_, withWordsSwapped: nil) = report.devices[0].finding else {
            Issue.record("\(report.devices[0].finding)")
            return
        }
    }

    @Test func `nothing is written, also where the driver would`() {
        let link = bus.link { _, _, request, _ in
            request == .readHolding(RegisterRange(0x2001, count: 1)) ? .success(.registers([0])) : .failure(.timeout)
        }
        let report = probe([drive], link)
        #expect(report.isWell)
        #expect(report.devices[0].finding == .plausible([]))
        #expect(link.asked.allSatisfy { !$0.request.isWrite })
    }

    @Test func `bad frames of one unit leave the bus and the others as they are`() {
        let report = probe([scale, level], answering([1: .failure(.badFrame), 11: .success(.registers([40, 0, 0]))]))
        #expect(report.state == .works)
        #expect(report.devices.map(\.isWell) == [false, true])
        #expect(report.devices[0].finding == .noAnswer(.badFrame))
    }

    @Test func `a second answer to one request is noticed`() {
        let link = bus.link { link, _, _, _ in
            link.hasStrayInput = true
            return .success(.registers([40, 0, 0]))
        }
        let report = probe([level], link)
        #expect(report.devices[0].answersTwice)
        #expect(!report.isWell)
    }

    @Test func `where nobody answers, the usual formats are tried and the one that works is told`() {
        var tried: [BusProbe.Format] = []
        let report = BusProbe(conveyorSpeedCentihertz: 4000) { settings in
            let wrong = settings.transport != .rtu(path: "-", baud: 9600, parity: .even, stopBits: 1)
            return bus.console(
                bus.link { _, unit, _, _ in
                    wrong || unit != 11 ? .failure(.timeout) : .failure(.exception(ModbusException.illegalAddress))
                }, settings)
        }.run(bus.settings, devices: [scale, level]) { progress in
            if case .trying(let format) = progress { tried.append(format) }
        }
        #expect(report.state == .answersWith(.init(baud: 9600, parity: .even, stopBits: 1), unit: 11))
        #expect(tried.count == 7)
        #expect(!tried.contains(.init(baud: 19200, parity: .none, stopBits: 1)))
    }

    @Test func `garbage at the wrong rate sends the probe on to the others, and none may work`() {
        let report = probe([scale], bus.link { _, _, _, _ in .failure(.badFrame) })
        #expect(report.state == .nobodyAnswers)
        #expect(report.devices[0].finding == .noAnswer(.badFrame))
    }

    @Test func `a bus that cannot be opened is told with its reason`() {
        let settings = BusSettings(
            id: "b", transport: .rtu(path: "/nonexistent/port", baud: 9600, parity: .none, stopBits: 1),
            responseTimeout: .milliseconds(200), gap: .zero)
        let report = BusProbe(conveyorSpeedCentihertz: 4000).run(settings, devices: [scale])
        guard case .cannotBeOpened(let error) = report.state else {
            Issue.record("\(report.state)")
            return
        }
        #expect(error.code == .notFound)
        #expect(report.devices.isEmpty && !report.isWell)
    }
}
