import Glibc
import Station
import StationConfig
import StationPorts
import StationRuntime
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Hardware
@testable import SimulatedBus

/// Registers that the test fills; what is not filled is an illegal address.
final class RegisterUnit: SlaveUnit {
    private let registers: Mutex<[RegisterTable: [UInt16: UInt16]]>
    /// Asked before the registers; its answer, if there is one, goes out instead.
    private let override: Mutex<SlaveAnswer?>
    private let onWrite: @Sendable (RegisterUnit, UInt16, UInt16) -> Void

    init(
        _ registers: [RegisterTable: [UInt16: UInt16]], override: SlaveAnswer? = nil,
        onWrite: @escaping @Sendable (RegisterUnit, UInt16, UInt16) -> Void = { _, _, _ in }
    ) {
        self.registers = Mutex(registers)
        self.override = Mutex(override)
        self.onWrite = onWrite
    }

    func set(_ table: RegisterTable, _ address: UInt16, _ value: UInt16) {
        registers.withLock { $0[table, default: [:]][address] = value }
    }

    func answerAlways(_ answer: SlaveAnswer?) { override.withLock { $0 = answer } }

    func value(_ table: RegisterTable, _ address: UInt16) -> UInt16? { registers.withLock { $0[table]?[address] } }

    func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer {
        if let answer = override.withLock({ $0 }) { return answer }
        let values = registers.withLock { all in
            (0..<count).compactMap { all[table]?[address + $0] }
        }
        return values.count == Int(count) ? .values(values) : .exception(2)
    }

    func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer {
        if let answer = override.withLock({ $0 }) { return answer }
        for (offset, value) in values.enumerated() {
            set(table, address + UInt16(offset), value)
            onWrite(self, address + UInt16(offset), value)
        }
        return .values([])
    }
}

@Suite(.timeLimit(.minutes(hangLimitMinutes)))
struct BusEndToEndTests {
    static let passage = PassageID(rawValue: 42)
    let log = EventLog()

    func makeBuses(
        _ buses: [BusSettings], _ devices: [(DeviceID, bus: String, unit: UInt8, DriverName)], bins: [BinSettings] = []
    ) -> FieldBuses {
        let settings = HardwareSettings(
            lines: LineSettings(backend: .socket(path: "-"), inputs: [:], outputs: [:]), buses: buses,
            devices: devices.map { id, bus, unit, driver in
                DeviceSettings(id: id, bus: bus, unit: unit, driver: driver, period: .milliseconds(100))
            })
        return FieldBuses(
            settings: settings, bins: bins, conveyorSpeedCentihertz: 2500, sink: log, clock: SystemClock(),
            logger: silentLogger)
    }

    func rtu(_ path: String) -> BusSettings {
        // 8N2: a pseudo-terminal does not take parity twice.
        BusSettings(
            id: "rtu", transport: .rtu(path: path, baud: 19200, parity: .none, stopBits: 2),
            responseTimeout: .milliseconds(200), gap: .zero)
    }

    func tcp(_ port: Int) -> BusSettings {
        BusSettings(
            id: "tcp", transport: .tcp(host: "127.0.0.1", port: port), responseTimeout: .milliseconds(500), gap: .zero)
    }

    static func scale(decigrams: UInt16) -> [RegisterTable: [UInt16: UInt16]] {
        [.holdingRegisters: [6: 0x1000, 7: 0, 8: decigrams, 9: 0, 10: 0, 11: 0, 12: 0, 13: 0x0109]]
    }

    func nextEvidence() async throws -> EvidenceReading {
        try await log.first { event in
            guard case .evidenceArrived(Self.passage, let reading) = event else { return nil }
            return reading
        }
    }

    @Test func `mass, tag and level come over a serial bus, and a silent unit is reported`() async throws {
        let folder = try TemporaryFolder()
        let scale = RegisterUnit(Self.scale(decigrams: 0))
        let reader = RegisterUnit([.holdingRegisters: [2: 0x0012, 3: 0xD687]])
        let slaves = try RTUSlaveBus(
            linkPath: "\(folder.path)/bus",
            units: [1: scale, 2: reader, 11: RegisterUnit([.inputRegisters: [0: 40, 1: 0, 2: 0]])], logger: silentLogger
        )
        try slaves.start()
        defer { slaves.stop() }
        let buses = makeBuses(
            [rtu("\(folder.path)/bus")],
            [
                ("scale", "rtu", 1, .laumasTLB4), ("reader", "rtu", 2, .technotradeVRD485),
                ("level", "rtu", 11, .elsnerSO250), ("gone", "rtu", 12, .elsnerSO250),
            ],
            bins: [BinSettings(id: "cups", position: .home, levelSensor: "level")])
        buses.start()
        defer { buses.stop() }
        let level = try await log.first { event -> Int? in
            guard case .binLevelRead("cups", let level) = event else { return nil }
            return level.value
        }
        #expect(level == 40)
        try await log.first(.deviceLost("gone", .timeout))
        scale.set(.holdingRegisters, 8, 112)
        buses.measure(Self.passage, [.scale])
        guard case .mass(.good(Mass(milligrams: 11_200), at: _)) = try await nextEvidence() else {
            Issue.record("the mass did not come")
            return
        }
        buses.measure(Self.passage, [.tagReader])
        guard case .tag(.good(.tag(let tag), at: _)) = try await nextEvidence() else {
            Issue.record("the tag did not come")
            return
        }
        #expect(tag.number == 0x0012_D687)
        buses.measure(Self.passage, [.nirHead])
        #expect(try await nextEvidence().failure == .notConnected)
    }

    @Test func `a wrong check sum is a bad frame, and the bus works on after it`() async throws {
        let folder = try TemporaryFolder()
        let scale = RegisterUnit(Self.scale(decigrams: 5))
        let slaves = try RTUSlaveBus(linkPath: "\(folder.path)/bus", units: [1: scale], logger: silentLogger)
        try slaves.start()
        defer { slaves.stop() }
        let buses = makeBuses([rtu("\(folder.path)/bus")], [("scale", "rtu", 1, .laumasTLB4)])
        buses.start()
        defer { buses.stop() }
        try await log.first(.deviceFound("scale"))
        scale.answerAlways(.badChecksum([0x1000, 0, 500, 0, 0, 0, 0, 0x0109]))
        try await log.first(.deviceLost("scale", .badFrame))
        scale.answerAlways(nil)
        try await log.first(.deviceFound("scale"))
    }

    @Test func `a serial port that is missing at the start is found later`() async throws {
        let folder = try TemporaryFolder()
        let buses = makeBuses([rtu("\(folder.path)/bus")], [("scale", "rtu", 1, .laumasTLB4)])
        buses.start()
        defer { buses.stop() }
        try await log.first(.deviceLost("scale", .notConnected))
        buses.measure(Self.passage, [.scale])
        #expect(try await nextEvidence().failure == .notConnected)
        let slaves = try RTUSlaveBus(
            linkPath: "\(folder.path)/bus", units: [1: RegisterUnit(Self.scale(decigrams: 5))], logger: silentLogger)
        try slaves.start()
        defer { slaves.stop() }
        try await log.first(.deviceFound("scale"))
    }

    @Test func `a serial bus that was stopped and started again is found again`() async throws {
        let folder = try TemporaryFolder()
        let slaves = try RTUSlaveBus(
            linkPath: "\(folder.path)/bus", units: [1: RegisterUnit(Self.scale(decigrams: 5))], logger: silentLogger)
        try slaves.start()
        slaves.stop()
        let buses = makeBuses([rtu("\(folder.path)/bus")], [("scale", "rtu", 1, .laumasTLB4)])
        buses.start()
        defer { buses.stop() }
        try await log.first(.deviceLost("scale", .notConnected))
        try slaves.start()
        defer { slaves.stop() }
        try await log.first(.deviceFound("scale"))
    }

    @Test func `spectrum and drive come over TCP, and come back after the connection was lost`() async throws {
        var inputs: [UInt16: UInt16] = [0: 9, 1: 0, 2: 0, 3: 20_000, 4: 128, 5: 1, 6: 3]
        for band in 0..<UInt16(128) {
            inputs[10 + band] = 10140 + 55 * band
            inputs[256 + band] = 1000 + band
            inputs[512 + band] = 60_000
            inputs[768 + band] = 90
        }
        let head = RegisterUnit([.inputRegisters: inputs, .holdingRegisters: [0: 0]]) { unit, _, _ in
            unit.set(.inputRegisters, 0, 10)
        }
        let drive = RegisterUnit([.holdingRegisters: [0x2001: 0, 0x2100: 0x0107]])
        let slaves = try TCPSlaveBus(host: "127.0.0.1", port: 0, units: [1: head, 2: drive], logger: silentLogger)
        slaves.start()
        defer { slaves.stop() }
        let buses = makeBuses(
            [tcp(slaves.port)], [("head", "tcp", 1, .nirHead), ("drive", "tcp", 2, .deltaMS300)])
        buses.start()
        defer { buses.stop() }
        try await log.first(.driveFaultRead(7))
        #expect(drive.value(.holdingRegisters, 0x2001) == 2500)
        buses.measure(Self.passage, [.nirHead])
        guard case .spectrum(.good(let spectrum, at: _)) = try await nextEvidence() else {
            Issue.record("the spectrum did not come")
            return
        }
        #expect(spectrum.raw == (0..<128).map { 1000 + $0 })
        #expect(spectrum.wavelengthsDecinanometres.last == 17125)
        slaves.stop()
        try await log.first { event -> Bool? in
            guard case .deviceLost("drive", _) = event else { return nil }
            return true
        }
        slaves.start()
        try await log.first(.deviceFound("drive"))
    }

    @Test func `after the stop everything asked is answered as not connected`() async throws {
        let buses = makeBuses([tcp(1)], [("head", "tcp", 1, .nirHead)])
        buses.measure(Self.passage, [.nirHead])
        #expect(try await nextEvidence().failure == .notConnected)
        buses.start()
        buses.stop()
        buses.measure(Self.passage, [.nirHead])
        #expect(try await nextEvidence().failure == .notConnected)
    }
}

struct SlaveFrameTests {
    @Test func `a serial request and its answer are frozen`() {
        // Read 2 holding registers from address 2 of unit 1.
        var framing = RTUFraming()
        framing.take([0x01, 0x03, 0x00, 0x02, 0x00, 0x02, 0x65, 0xCB])
        let request = framing.nextRequest()
        #expect(request?.unit == 1)
        #expect(request?.pdu == [0x03, 0x00, 0x02, 0x00, 0x02])
        #expect(RTUFraming.frame(unit: 1, pdu: [0x83, 0x02]) == [0x01, 0x83, 0x02, 0xC0, 0xF1])
        #expect(
            RTUFraming.frame(unit: 1, pdu: [0x83, 0x02], isChecksumRight: false) == [0x01, 0x83, 0x02, 0x3F, 0x0E])
    }

    @Test func `a TCP request and its answer are frozen`() throws {
        var framing = TCPFraming()
        framing.take([0x12, 0x34, 0x00, 0x00, 0x00, 0x06, 0x01])
        #expect(framing.nextRequest() == nil)
        framing.take([0x04, 0x00, 0x00, 0x00, 0x03])
        let next = framing.nextRequest()
        let request = try #require(next)
        #expect(request.pdu == [0x04, 0x00, 0x00, 0x00, 0x03])
        #expect(request.frame([0x84, 0x06]) == [0x12, 0x34, 0x00, 0x00, 0x00, 0x03, 0x01, 0x84, 0x06])
    }

    struct ReplyRow {
        var name: String
        var request: [UInt8]
        var reply: SlaveReply
    }

    @Test func `requests are decoded and answers encoded as the protocol says`() {
        let unit = RegisterUnit([
            .coils: [0: 1, 1: 0, 2: 1, 8: 1, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0], .holdingRegisters: [5: 0xABCD],
        ])
        let rows = [
            ReplyRow(name: "coils are packed", request: [1, 0, 0, 0, 9], reply: .pdu([1, 2, 0x05, 0x01])),
            ReplyRow(name: "a register", request: [3, 0, 5, 0, 1], reply: .pdu([3, 2, 0xAB, 0xCD])),
            ReplyRow(name: "an address that is not there", request: [3, 0, 6, 0, 1], reply: .pdu([0x83, 2])),
            ReplyRow(name: "too many registers", request: [3, 0, 5, 0, 126], reply: .pdu([0x83, 3])),
            ReplyRow(name: "one write", request: [6, 0, 5, 0, 7], reply: .pdu([6, 0, 5, 0, 7])),
            ReplyRow(
                name: "two writes", request: [16, 0, 5, 0, 2, 4, 0, 1, 0, 2], reply: .pdu([16, 0, 5, 0, 2])),
            ReplyRow(name: "an unknown function", request: [43, 0, 0, 0, 0], reply: .pdu([43 | 0x80, 1])),
        ]
        for row in rows { #expect(SlaveRequest(row.request).reply(of: unit) == row.reply, "\(row.name)") }
        #expect(unit.value(.holdingRegisters, 6) == 2)
    }
}
