import Station
import StationConfig
import StationPorts
import TestSupport
import Testing
import Vocabulary

@testable import Hardware

/// What users of comparable systems complain of, in virtual time. The names in brackets are the threads of
/// docs/field-complaints.md.
struct FieldComplaintTests {
    static let level = SchedulerTests.level
    static let tcp = BusSettings.Transport.tcp(host: "-", port: 502)
    static let rtu = BusSettings.Transport.rtu(path: "-", baud: 19200, parity: .none, stopBits: 2)

    @Test func `one silent slave takes nothing from the other nine (telegraf 11782)`() {
        var bus = ScriptedBus((1...10).map { ($0, .elsnerSO250) })
        for unit in UInt8(1)...9 { bus.units[unit] = Self.level }
        bus.run(for: .seconds(3600))
        for unit in UInt8(1)...9 { #expect(bus.exchangeCount(of: unit) == 3600) }
        let readings = bus.scheduler.takeReadings()
        #expect(readings.count == 9)
        for device in readings {
            #expect(device.readings.first?.quality(at: bus.now, staleAfter: .seconds(2)) == .good)
        }
        #expect(bus.lostDevices == ["d10"])
        // One of its timeouts per probe, and the probes at most as often as the breaker's cap.
        #expect((100...125).contains(bus.exchangeCount(of: 10)))
    }

    @Test(arguments: [rtu, tcp])
    func `one silent unit suspends neither the port nor other units (node-red-contrib-modbus 446)`(
        transport: BusSettings.Transport
    ) {
        var bus = ScriptedBus([(1, .elsnerSO250), (2, .elsnerSO250)], transport: transport)
        bus.units = [1: Self.level]
        bus.run(for: .seconds(600))
        #expect(bus.connects.count == 1)
        #expect(bus.exchangeCount(of: 1) == 600)
        let pauses = bus.pauses(of: 2)
        #expect(pauses.max().map { $0 <= CircuitBreaker.probeCap + ScriptedBus.timeout * 2 } == true)
        bus.units[2] = Self.level
        bus.run(for: CircuitBreaker.probeCap + .seconds(1))
        #expect(bus.events.contains(.deviceFound("d2")))
        #expect(bus.lostDevices == ["d2"])
    }

    @Test(arguments: [rtu, tcp])
    func `after ten days without its bus a device is back with no restart (thingsboard-gateway 2132, 829)`(
        transport: BusSettings.Transport
    ) {
        var bus = ScriptedBus([(1, .elsnerSO250)], transport: transport)
        bus.units = [1: Self.level]
        bus.run(for: .seconds(10))
        bus.units = [1: .failure(.disconnected(PortError(.disconnected, "gone")))]
        bus.isConnectable = false
        bus.run(for: .seconds(10 * 86_400))
        let pauses = zip(bus.connects, bus.connects.dropFirst()).map { $1 - $0 }
        #expect(pauses.dropFirst().allSatisfy { $0 <= BusScheduler.reconnectCap + .milliseconds(1) })
        bus.isConnectable = true
        bus.units = [1: Self.level]
        bus.events = []
        bus.run(for: BusScheduler.reconnectCap + .seconds(1))
        #expect(bus.events.first == .deviceFound("d1"))
    }

    @Test func `after ten days of silence a unit is back with no restart (thingsboard-gateway 2132, 829)`() {
        var bus = ScriptedBus([(1, .elsnerSO250), (2, .elsnerSO250)])
        bus.units = [1: Self.level]
        bus.run(for: .seconds(10 * 86_400))
        bus.units[2] = Self.level
        bus.events = []
        bus.run(for: CircuitBreaker.probeCap + .seconds(1))
        #expect(bus.events.contains(.deviceFound("d2")))
    }

    struct GapRow: Sendable {
        var gap: Duration
        var isHeard: Bool
    }

    /// The second row shows that such a slave does lose what comes too early.
    @Test(arguments: [
        GapRow(gap: .milliseconds(25), isHeard: true), GapRow(gap: .milliseconds(5), isHeard: false),
    ])
    func `a slave that is deaf for 25 ms after its frames loses nothing with such a gap (openems PR 3099)`(row: GapRow)
    {
        var bus = ScriptedBus([(1, .elsnerSO250), (2, .elsnerSO250)], gap: row.gap)
        bus.units = [1: Self.level, 2: Self.level]
        bus.deafness = .milliseconds(25)
        bus.run(for: .seconds(60))
        #expect(bus.lostDevices.isEmpty == row.isHeard)
        #expect((bus.lostRequests == 0) == row.isHeard)
        #expect(bus.exchangeCount(of: 1) == 60)
    }

    @Test func `a busy slave is asked again, and its no is never a 0 (home-assistant 51103)`() throws {
        var bus = ScriptedBus([(1, .laumasTLB4), (11, .elsnerSO250)])
        bus.units = [1: SchedulerTests.weight, 11: Self.level]
        bus.run(for: .milliseconds(1995))
        // Busy for a moment: nobody notices.
        let asked = bus.exchangeCount(of: 11)
        bus.units[11] = .failure(.exception(6))
        bus.run(for: .milliseconds(60))
        bus.units[11] = Self.level
        bus.run(for: .milliseconds(500))
        #expect(bus.exchangeCount(of: 11) >= asked + 2)
        var reading = try #require(bus.scheduler.reading("level", of: "d11"))
        #expect(reading.quality(at: bus.now, staleAfter: .seconds(2)) == .good)
        // Busy for long: refused, which is no value.
        bus.units = [1: .failure(.exception(6)), 11: .failure(.exception(6))]
        bus.measure(1, 1)
        bus.run(for: .seconds(10))
        #expect(bus.readings.map(\.failure) == [.refused])
        reading = try #require(bus.scheduler.reading("level", of: "d11"))
        #expect(reading.quality(at: bus.now, staleAfter: .seconds(2)) == .refused)
        #expect(reading.lastGood?.value == .number(40))
        bus.units[11] = .success([41, 0, 0])
        bus.run(for: .seconds(40))
        let levels = bus.events.compactMap { event -> Measured<Int>? in
            guard case .binLevelRead(_, let level) = event else { return nil }
            return level
        }
        #expect(Set(levels.compactMap(\.value)) == [40, 41])
    }

    struct LinkRow: Sendable {
        var after: Result<[UInt16], ExchangeFailure>
        var quality: ReadingQuality
    }

    @Test(arguments: [
        LinkRow(after: .failure(.disconnected(PortError(.disconnected, "gone"))), quality: .notConnected),
        LinkRow(after: .failure(.timeout), quality: .timeout),
        LinkRow(after: .failure(.badFrame), quality: .badFrame),
    ])
    func `after the link is lost no reading shows its last value as the state (openplc-editor 691)`(row: LinkRow) throws
    {
        var bus = ScriptedBus([(11, .elsnerSO250)])
        bus.units = [11: Self.level]
        bus.run(for: .milliseconds(100))
        let goodAt = try #require(bus.scheduler.reading("level", of: "d11")?.lastGood?.at)
        bus.units = [11: row.after]
        bus.run(for: .seconds(3600))
        let reading = try #require(bus.scheduler.reading("level", of: "d11"))
        #expect(reading.quality(at: bus.now, staleAfter: .seconds(7200)) == row.quality)
        #expect(reading.current.value == nil)
        #expect(reading.lastGood?.value == .number(40) && reading.lastGood?.at == goodAt)
        // Should nobody look at the device any more, its age says so.
        let sample = PointReading(PointSample("level", .good(.number(40), at: goodAt)))
        #expect(sample.age(at: bus.now) == bus.now - goodAt)
        #expect(sample.quality(at: bus.now, staleAfter: .seconds(3)) == .stale)
    }

    @Test func `a connection on which nothing answers never shows a device alive (thingsboard-gateway 1243)`() {
        var bus = ScriptedBus([(1, .elsnerSO250), (2, .deltaMS300)], transport: Self.tcp)
        bus.run(for: .seconds(86_400))
        #expect(bus.connects.count > 2, "every connection is accepted")
        #expect(Set(bus.lostDevices) == ["d1", "d2"])
        #expect(!bus.events.contains { if case .deviceFound = $0 { true } else { false } })
        let readings = bus.scheduler.takeReadings()
        #expect(readings.isEmpty)
    }
}

extension ScriptedBus {
    var lostDevices: [DeviceID] {
        events.compactMap { event in
            guard case .deviceLost(let device, _) = event else { return nil }
            return device
        }
    }

    func pauses(of unit: UInt8) -> [Duration] {
        let times = exchanges.filter { $0.unit == unit }.map(\.at)
        return zip(times, times.dropFirst()).map { $1 - $0 }
    }
}

extension BusScheduler {
    func reading(_ point: String, of device: DeviceID) -> PointReading? {
        devices.first { $0.settings.id == device }?.readings.first { $0.point == point }
    }
}
