import Glibc
import Modbus
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

/// What users of comparable systems complain of, on pseudo-terminals and TCP connections. The names in brackets are the
/// threads of docs/field-complaints.md.
extension BusEndToEndTests {
    static let bytesOnTheLine: [LineNoise] = [
        LineNoise("half of the answer", [0x01, 0x03, 0x10, 0x10, 0x00]),
        LineNoise("an answer with a wrong check sum", [0x01, 0x03, 0x04, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00]),
        LineNoise("stray bytes", [0x00, 0xFF, 0x00]),
        LineNoise("another unit's answer", RTUFraming.frame(unit: 9, pdu: [0x03, 0x02, 0x12, 0x34])),
        LineNoise("an answer to another function", RTUFraming.frame(unit: 1, pdu: [0x04, 0x02, 0x12, 0x34])),
        LineNoise("the beginning of an answer of 255 bytes", [0x01, 0x03, 0xFF]),
        LineNoise("more than a frame can hold", Array(repeating: 0x55, count: 600)),
    ]

    @Test(arguments: bytesOnTheLine)
    func `after a bad line the next exchanges succeed (pymodbus 356)`(noise: LineNoise) async throws {
        let slave = try NoisySlave(registers: [0x1000, 0, 500, 0, 0, 0, 0, 0x0109])
        defer { slave.stop() }
        let buses = makeBuses([rtu(slave.path)], [("scale", "rtu", 1, .laumasTLB4)])
        buses.start()
        defer { buses.stop() }
        try await log.first(.deviceFound("scale"))
        for _ in 0..<3 {
            slave.answerNext(with: noise.bytes)
            buses.measure(Self.passage, [.scale])
            // It may cost this exchange its answer, but never brings a wrong one, nor the next one a wrong one.
            let disturbed = try await nextEvidence()
            #expect(disturbed.failure != nil || disturbed.isMass(of: 50_000), "\(disturbed)")
            buses.measure(Self.passage, [.scale])
            let next = try await nextEvidence()
            #expect(next.isMass(of: 50_000), "\(next)")
            slave.send(noise.bytes)
            buses.measure(Self.passage, [.scale])
            let afterStrayBytes = try await nextEvidence()
            #expect(afterStrayBytes.isMass(of: 50_000) || afterStrayBytes.failure != nil, "\(afterStrayBytes)")
        }
    }

    @Test func `an endpoint that cannot be reached keeps no other bus waiting (openems 6)`() async throws {
        let scale = try TCPSlaveBus(
            host: "127.0.0.1", port: 0, units: [1: RegisterUnit(Self.scale(decigrams: 500))], logger: silentLogger)
        scale.start()
        defer { scale.stop() }
        let gate = Gate()
        let ports = [2, scale.port]
        let settings = HardwareSettings(
            lines: LineSettings(backend: .socket(path: "-"), inputs: [:], outputs: [:]),
            buses: [
                BusSettings(
                    id: "hangs", transport: .rtu(path: "-", baud: 9600, parity: .none, stopBits: 1),
                    responseTimeout: .seconds(1), gap: .zero)
            ]
                + zip(["refused", "works"], ports).map { name, port in
                    BusSettings(
                        id: name, transport: .tcp(host: "127.0.0.1", port: port), responseTimeout: .milliseconds(500),
                        gap: .zero)
                },
            devices: [
                DeviceSettings(id: "head", bus: "hangs", unit: 1, driver: .nirHead, period: .milliseconds(100)),
                DeviceSettings(
                    id: "reader", bus: "refused", unit: 1, driver: .technotradeVRD485, period: .milliseconds(100)),
                DeviceSettings(id: "scale", bus: "works", unit: 1, driver: .laumasTLB4, period: .milliseconds(100)),
            ])
        let buses = FieldBuses(
            settings: settings, bins: [], conveyorSpeedCentihertz: 2500, sink: log, clock: SystemClock(),
            logger: silentLogger
        ) { bus -> any ModbusLink in bus.id == "hangs" ? HangingLink(gate: gate) as any ModbusLink : LibmodbusLink(bus)
        }
        buses.start()
        defer {
            gate.open()
            buses.stop()
        }
        // The first bus's thread is inside its connection attempt from here to the end.
        try await log.first(.deviceFound("scale"))
        for _ in 0..<10 {
            buses.measure(Self.passage, [.scale])
            #expect(try await nextEvidence().isMass(of: 50_000))
            buses.measure(Self.passage, [.tagReader])
            #expect(try await nextEvidence().failure == .notConnected)
        }
        #expect(gate.isClosed)
        gate.open()
        try await log.first(.deviceLost("head", .notConnected))
    }

    @Test func `a connection attempt that nobody answers comes to an end (openems 6)`() async throws {
        let crowded = try CrowdedEndpoint()
        let buses = makeBuses([tcp(crowded.port)], [("head", "tcp", 1, .nirHead)])
        buses.start()
        defer { buses.stop() }
        try await log.first(.deviceLost("head", .notConnected))
        buses.measure(Self.passage, [.nirHead])
        #expect(try await nextEvidence().failure == .notConnected)
    }

    @Test func `a server that accepts and never answers is not alive (thingsboard-gateway 1243)`() async throws {
        // The kernel accepts for it, and nobody reads.
        let server = try ListeningSocket(backlog: 16)
        let buses = makeBuses([tcp(server.port)], [("drive", "tcp", 1, .deltaMS300)])
        buses.start()
        defer { buses.stop() }
        let first = try await log.first { event -> StationEvent? in
            switch event {
            case .deviceFound, .deviceLost: event
            default: nil
            }
        }
        #expect(first == .deviceLost("drive", .timeout))
    }

    @Test func `a server that goes and comes is found each time (thingsboard-gateway 2132, 829)`() async throws {
        let drive = RegisterUnit([.holdingRegisters: [0x2001: 2500, 0x2100: 0]])
        let slaves = try TCPSlaveBus(host: "127.0.0.1", port: 0, units: [1: drive], logger: silentLogger)
        let buses = makeBuses([tcp(slaves.port)], [("drive", "tcp", 1, .deltaMS300)])
        buses.start()
        defer { buses.stop() }
        for _ in 0..<3 {
            slaves.start()
            try await log.first(.deviceFound("drive"))
            slaves.stop()
            try await log.first { event -> Bool? in
                guard case .deviceLost("drive", _) = event else { return nil }
                return true
            }
        }
    }

    @Test(arguments: [true, false])
    func `with a gap of 25 ms a slow slave hears every request on the line (openems PR 3099)`(hasGap: Bool) async throws
    {
        let folder = try TemporaryFolder()
        let line = DeafLine(clock: SystemClock())
        let slaves = try RTUSlaveBus(
            linkPath: "\(folder.path)/bus", units: [11: DeafUnit(line: line), 12: DeafUnit(line: line)],
            logger: silentLogger)
        try slaves.start()
        defer { slaves.stop() }
        var bus = rtu("\(folder.path)/bus")
        bus.gap = hasGap ? .milliseconds(25) : .zero
        let buses = makeBuses([bus], [("one", "rtu", 11, .elsnerSO250), ("two", "rtu", 12, .elsnerSO250)])
        buses.start()
        defer { buses.stop() }
        var heard = 0
        for await isHeard in line.requests {
            guard isHeard else { break }
            heard += 1
            if hasGap && heard == 20 { break }
        }
        #expect((heard == 20) == hasGap)
    }
}

extension EvidenceReading {
    func isMass(of milligrams: Int64) -> Bool {
        guard case .mass(.good(let mass, at: _)) = self else { return false }
        return mass.milligrams == milligrams
    }
}
