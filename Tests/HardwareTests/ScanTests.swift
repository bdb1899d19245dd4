import Modbus
import StationConfig
import StationPorts
import TestSupport
import Testing
import Vocabulary

@testable import Hardware
@testable import SimulatedBus

@Suite(.timeLimit(.minutes(hangLimitMinutes)))
struct ScanTests {
    let bus = ConsoleBus()

    private func scan(_ link: ConsoleLink, _ units: ClosedRange<UInt8>) throws -> [BusScan.Finding] {
        try BusScan.run(on: bus.console(link), units: Array(units)) { _, _ in }
    }

    /// A unit that says what it is.
    struct Introduced: SlaveUnit {
        var serverID: [UInt8]? { [0x2A, 0xFF] + Array("TLB4 1.03".utf8) }
        func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer { .exception(2) }
        func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer { .exception(2) }
    }

    @Test func `on a real port a unit says what it is, and one that does not is none the worse`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/bus"
        let slaves = try RTUSlaveBus(
            linkPath: path, units: [1: Introduced(), 2: RegisterUnit([.holdingRegisters: [0: 7]])],
            logger: silentLogger)
        try slaves.start()
        defer { slaves.stop() }
        let console = BusConsole(
            BusSettings(
                id: "b", transport: .rtu(path: path, baud: 19200, parity: .none, stopBits: 2),
                responseTimeout: .milliseconds(200), gap: .zero))
        try console.open()
        defer { console.close() }
        let identity = try console.identity(unit: 1)
        #expect(identity?.bytes == [0x2A, 0xFF] + Array("TLB4 1.03".utf8))
        #expect(identity?.text == "TLB4 1.03")
        #expect(try console.identity(unit: 2) == nil)
        #expect(try console.identity(unit: 3) == nil)
        #expect(try console.ask(.readHolding(RegisterRange(0, count: 1)), unit: 2) == .registers([7]))
    }

    @Test func `on a real port whoever answers is found, also by a refusal, and a bad frame is told apart`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/bus"
        let slaves = try RTUSlaveBus(
            linkPath: path,
            units: [
                2: RegisterUnit([.holdingRegisters: [0: 7]]), 3: RegisterUnit([:]),
                // What two devices with one unit id make of each other's answers.
                5: RegisterUnit([:], override: .badChecksum([0x1234])),
            ], logger: silentLogger)
        try slaves.start()
        defer { slaves.stop() }
        let console = BusConsole(
            BusSettings(
                id: "b", transport: .rtu(path: path, baud: 19200, parity: .none, stopBits: 2),
                responseTimeout: .milliseconds(200), gap: .zero))
        defer { console.close() }
        var asked: [UInt8] = []
        let found = try BusScan.run(on: console, units: [1, 2, 3, 4, 5]) { unit, _ in asked.append(unit) }
        #expect(
            found == [
                BusScan.Finding(unit: 2, presence: .answers), BusScan.Finding(unit: 3, presence: .answers),
                BusScan.Finding(unit: 5, presence: .badFrames),
            ])
        #expect(asked == [1, 2, 3, 4, 5])
    }

    @Test func `over TCP whoever answers is found`() throws {
        let slaves = try TCPSlaveBus(
            host: "127.0.0.1", port: 0, units: [2: RegisterUnit([.holdingRegisters: [0: 7]])], logger: silentLogger)
        slaves.start()
        defer { slaves.stop() }
        let console = BusConsole(
            BusSettings(
                id: "b", transport: .tcp(host: "127.0.0.1", port: slaves.port), responseTimeout: .milliseconds(200),
                gap: .zero))
        defer { console.close() }
        let found = try BusScan.run(on: console, units: [1, 2, 3]) { _, _ in }
        #expect(found == [BusScan.Finding(unit: 2, presence: .answers)])
    }

    @Test func `two devices that answer one after the other are one unit that answers twice`() throws {
        let link = bus.link { link, unit, _, _ in
            guard unit == 2 || unit == 3 else { return .failure(.timeout) }
            link.hasStrayInput = unit == 2
            return .success(.registers([1]))
        }
        let found = try scan(link, 1...4)
        #expect(
            found == [
                BusScan.Finding(unit: 2, presence: .answersTwice), BusScan.Finding(unit: 3, presence: .answers),
            ])
    }

    @Test func `a unit whose answer comes while nobody waits any more is late`() throws {
        let link = bus.link { link, unit, _, _ in
            link.hasStrayInput = unit == 2
            return .failure(.timeout)
        }
        #expect(try scan(link, 1...4) == [BusScan.Finding(unit: 2, presence: .answersLate)])
    }

    @Test func `a late answer that disturbs the next unit's turn is put down to the unit before`() throws {
        let link = bus.link { link, unit, _, timing in
            switch unit {
            // It takes 300 ms.
            case 2: timing.response > .milliseconds(300) ? .success(.registers([1])) : .failure(.timeout)
            case 3: link.asked.count { $0.unit == 3 } == 1 ? .failure(.badFrame) : .failure(.timeout)
            case _: .failure(.timeout)
            }
        }
        #expect(try scan(link, 1...4) == [BusScan.Finding(unit: 2, presence: .answersLate)])
    }

    @Test func `a gateway that does not reach a unit has not found it`() throws {
        let link = bus.link { _, unit, _, _ in
            .failure(.exception(unit == 1 ? ModbusException.gatewayTargetSilent : ModbusException.deviceFailure))
        }
        #expect(try scan(link, 1...2) == [BusScan.Finding(unit: 2, presence: .answers)])
    }

    @Test func `the time that a scan takes is told in advance and kept`() throws {
        let link = bus.link { _, _, _, _ in .failure(.timeout) }
        let told = BusScan.duration(units: 247, on: bus.settings)
        let console = bus.console(link)
        try console.open()
        let start = bus.clock.now
        _ = try BusScan.run(on: console, units: Array(BusScan.units)) { _, _ in }
        #expect(bus.clock.now - start <= told + .milliseconds(10))
        #expect(told < .seconds(53))
    }

    @Test func `a unit looks like the driver whose registers it has`() {
        let link = bus.link { _, unit, request, _ in
            guard unit == 1, case .readHolding(let range) = request else {
                return .failure(.exception(ModbusException.illegalFunction))
            }
            // Stable, 35.1 g, division 0.1 g in g.
            let block: [UInt16] = [0x1000, 0, 351, 0, 351, 0, 351, 0x0108]
            return .success(
                .registers(
                    range == RegisterRange(6, count: 8) ? block : [UInt16](repeating: 0, count: Int(range.count))))
        }
        #expect(UnitSignature.likely(unit: 1, on: bus.console(link)) == [.laumasTLB4])
        #expect(UnitSignature.likely(unit: 2, on: bus.console(link)) == [])
    }

    @Test func `a unit that says nothing but zeros looks like none`() {
        let link = bus.link { _, _, request, _ in
            switch request {
            case .readHolding(let range), .readInput(let range):
                .success(.registers([UInt16](repeating: 0, count: Int(range.count))))
            case .readCoils, .readDiscreteInputs, .writeCoil, .writeHolding, .writeCoils, .writeHoldings:
                .failure(.exception(ModbusException.illegalFunction))
            }
        }
        #expect(UnitSignature.likely(unit: 1, on: bus.console(link)) == [])
    }
}
