import Station
import StationConfig
import StationPorts
import TestSupport
import Testing
import Vocabulary

@testable import Hardware
@testable import SimulatedBus

/// References of a near-infrared head, asked for on its bus.
@Suite struct ReferenceTests {
    /// A header that never changes: the head never gets ready with anything.
    static let header: Result<[UInt16], ExchangeFailure> = .success([1, 0, 0, 2000, 8, 2, 0])

    private func bus() -> ScriptedBus {
        var bus = ScriptedBus([(9, .nirHeadLED8), (11, .elsnerSO250)])
        bus.units = [9: Self.header, 11: SchedulerTests.level]
        bus.run(for: .milliseconds(500))
        return bus
    }

    private func answers(_ bus: ScriptedBus) -> [Measured<HeadReferences>] {
        bus.events.compactMap { event in
            guard case .referencesTaken(let references) = event else { return nil }
            return references
        }
    }

    private func ask(_ bus: inout ScriptedBus) {
        bus.scheduler.takeReferences("d9", at: bus.now)
        bus.events += bus.scheduler.takeEvents()
    }

    @Test func `a head that never gets ready is answered for once, and keeps nobody waiting meanwhile`() {
        var bus = bus()
        ask(&bus)
        bus.run(for: .seconds(10))
        #expect(answers(bus).count == 1)
        guard case .failed(.timeout, at: _) = answers(bus).first else {
            Issue.record("\(answers(bus))")
            return
        }
        #expect(bus.exchangeCount(of: 11) >= 10)
        #expect(!bus.events.contains { if case .deviceLost = $0 { true } else { false } })
    }

    @Test func `an item pushes the references aside`() {
        var bus = bus()
        ask(&bus)
        bus.run(for: .milliseconds(200))
        #expect(answers(bus).isEmpty)
        bus.measure(1, 9)
        bus.run(for: .seconds(5))
        #expect(answers(bus).map(\.isMissing) == [false] && answers(bus).first?.value == nil)
        // Its own measurement is not answered by them.
        #expect(bus.readings.map(\.failure) == [.timeout])
    }

    @Test func `references of a head that is lost, or on a bus that is down, are refused at once`() {
        var bus = bus()
        bus.units[9] = .failure(.timeout)
        bus.run(for: .seconds(20))
        ask(&bus)
        #expect(answers(bus) == [.failed(.timeout, at: bus.now)])
        bus.isConnectable = false
        bus.units = [9: .failure(.disconnected(PortError(.disconnected, "gone")))]
        bus.run(for: .seconds(40))
        ask(&bus)
        #expect(answers(bus).last == .failed(.notConnected, at: bus.now))
    }

    @Test func `what was asked is answered when the head goes, and when the bus stops`() {
        var bus = bus()
        ask(&bus)
        bus.run(for: .milliseconds(100))
        bus.units[9] = .failure(.timeout)
        bus.run(for: .seconds(20))
        #expect(answers(bus).count == 1)
        bus.units[9] = Self.header
        bus.run(for: .seconds(60))
        ask(&bus)
        bus.scheduler.stop(at: bus.now)
        bus.events += bus.scheduler.takeEvents()
        #expect(answers(bus).count == 2)
    }
}

extension BusEndToEndTests {
    @Test func `the 8-LED head measures and takes references over a serial bus`() async throws {
        let folder = try TemporaryFolder()
        var inputs: [UInt16: UInt16] = [0: 9, 1: 0, 2: 0, 3: 20_000, 4: 8, 5: 2, 6: 3]
        for (band, wavelength) in NIRHeadKind.led8.wavelengthsDecinanometres.enumerated() {
            inputs[10 + UInt16(band)] = wavelength
            inputs[256 + UInt16(band)] = 1000 + UInt16(band)
            inputs[512 + UInt16(band)] = 60_000
            inputs[768 + UInt16(band)] = 90
        }
        let head = RegisterUnit([.inputRegisters: inputs, .holdingRegisters: [0: 0]]) { unit, _, command in
            if command == 1 { return unit.set(.inputRegisters, 0, 10) }
            unit.set(.inputRegisters, 512, 61_000)
            unit.set(.inputRegisters, 6, 4)
        }
        let slaves = try RTUSlaveBus(linkPath: "\(folder.path)/bus", units: [4: head], logger: silentLogger)
        try slaves.start()
        defer { slaves.stop() }
        let buses = makeBuses([rtu("\(folder.path)/bus")], [("head", "rtu", 4, .nirHeadLED8)])
        buses.start()
        defer { buses.stop() }
        try await log.first(.deviceFound("head"))
        buses.measure(Self.passage, [.nirHead])
        guard case .spectrum(.good(let spectrum, at: _)) = try await nextEvidence() else {
            Issue.record("the spectrum did not come")
            return
        }
        #expect(spectrum.wavelengthsDecinanometres == NIRHeadKind.led8.wavelengthsDecinanometres)
        #expect(spectrum.raw == (0..<8).map { 1000 + $0 })
        buses.takeReferences()
        let references = try await log.first { event -> Measured<HeadReferences>? in
            guard case .referencesTaken(let references) = event else { return nil }
            return references
        }
        #expect(references.value?.white == [61_000] + [UInt16](repeating: 60_000, count: 7))
        #expect(references.value?.dark == [UInt16](repeating: 90, count: 8))
    }

    @Test func `without a head, references are not connected`() async throws {
        let buses = makeBuses([tcp(1)], [("drive", "tcp", 1, .deltaMS300)])
        buses.takeReferences()
        let failure = try await log.first { event -> ReadingFailure? in
            guard case .referencesTaken(.failed(let failure, at: _)) = event else { return nil }
            return failure
        }
        #expect(failure == .notConnected)
    }
}
