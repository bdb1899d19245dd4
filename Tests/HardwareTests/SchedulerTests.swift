import Drivers
import Modbus
import Station
import StationConfig
import StationPorts
import Testing
import Vocabulary

@testable import Hardware

/// A bus whose units answer as the test says, on a clock that moves with every exchange.
struct ScriptedBus {
    static let timeout: Duration = .milliseconds(200)
    static let exchangeTime: Duration = .milliseconds(10)

    var scheduler: BusScheduler
    var now = Instant.zero
    var isConnectable = true
    /// What a unit answers to every request; a unit that is not named is silent.
    var units: [UInt8: Result<[UInt16], ExchangeFailure>] = [:]
    var events: [StationEvent] = []
    var connects: [Instant] = []
    var exchanges: [(unit: UInt8, at: Instant)] = []
    /// All units lose what comes within so long after a frame of one of them.
    var deafness = Duration.zero
    private var lastAnswerAt: Instant?
    /// Requests that came within that time.
    private(set) var lostRequests = 0

    init(
        _ drivers: [(unit: UInt8, driver: DriverName)], transport: BusSettings.Transport? = nil,
        period: Duration = .seconds(1), priorities: [UInt8: Int] = [:], gap: Duration = .milliseconds(5)
    ) {
        let bus = BusSettings(
            id: "bus", transport: transport ?? .rtu(path: "-", baud: 19200, parity: .none, stopBits: 2),
            responseTimeout: Self.timeout, gap: gap)
        let devices = drivers.map { unit, driver in
            let settings = DeviceSettings(
                id: DeviceID(unchecked: "d\(unit)"), bus: "bus", unit: unit, driver: driver, period: period,
                priority: priorities[unit] ?? 5)
            return ScheduledDevice(
                settings, driver: makeDriver(settings, conveyorSpeedCentihertz: 2500),
                bins: [BinID(unchecked: "bin\(unit)")], at: .zero)
        }
        scheduler = BusScheduler(BusTiming(bus), devices: devices, at: .zero)
    }

    mutating func measure(_ passage: Int64, _ unit: UInt8) {
        scheduler.measure(PassageID(rawValue: passage), DeviceID(unchecked: "d\(unit)"), at: now)
        events += scheduler.takeEvents()
    }

    mutating func run(for duration: Duration) {
        let end = now + duration
        while now < end {
            switch scheduler.next(at: now) {
            case .connect:
                connects.append(now)
                now = now + .milliseconds(1)
                if isConnectable { scheduler.connected(at: now) } else { scheduler.connectFailed(at: now) }
            case .silence(let until):
                precondition(until > now, "the scheduler spins")
                now = until
            case .exchange(let request, let unit, within: _):
                exchanges.append((unit, now))
                let isLost = lastAnswerAt.map { now - $0 < deafness } ?? false
                if isLost { lostRequests += 1 }
                let outcome = isLost ? .failure(.timeout) : units[unit] ?? .failure(.timeout)
                now = now + (outcome == .failure(.timeout) ? Self.timeout : Self.exchangeTime)
                if case .success = outcome { lastAnswerAt = now }
                scheduler.exchanged(outcome.flatMap { request.answer($0) }, at: now)
            case .wait(let until):
                precondition(until.map { $0 > now } ?? true, "the scheduler spins")
                now = min(end, until ?? end)
            }
            events += scheduler.takeEvents()
        }
    }

    func exchangeCount(of unit: UInt8) -> Int { exchanges.filter { $0.unit == unit }.count }

    var readings: [EvidenceReading] {
        events.compactMap { event in
            guard case .evidenceArrived(_, let reading) = event else { return nil }
            return reading
        }
    }
}

struct SchedulerTests {
    static let weight: Result<[UInt16], ExchangeFailure> = .success([0x1000, 0, 500, 0, 0, 0, 0, 0x0109])
    static let level: Result<[UInt16], ExchangeFailure> = .success([40, 0, 0])

    @Test func `each device's first known state is reported once`() {
        var bus = ScriptedBus([(1, .laumasTLB4), (11, .elsnerSO250)])
        bus.units = [1: Self.weight]
        bus.run(for: .seconds(20))
        let states = bus.events.filter { event in
            switch event {
            case .deviceFound, .deviceLost: true
            default: false
            }
        }
        #expect(states == [.deviceFound("d1"), .deviceLost("d11", .timeout)])
    }

    @Test func `a unit that comes back is found by its probe`() {
        var bus = ScriptedBus([(11, .elsnerSO250)])
        bus.run(for: .seconds(100))
        bus.units = [11: Self.level]
        bus.run(for: .seconds(31))
        #expect(bus.events.contains(.deviceFound("d11")))
    }

    @Test func `a failed measurement comes back within one response timeout and at once for a lost unit`() {
        var bus = ScriptedBus([(1, .laumasTLB4)])
        bus.units = [1: Self.weight]
        bus.run(for: .milliseconds(500))
        bus.units = [:]
        bus.measure(1, 1)
        let asked = bus.now
        bus.run(for: .seconds(5))
        #expect(bus.readings == [.mass(.failed(.timeout, at: asked + ScriptedBus.timeout))])
        bus.measure(2, 1)
        #expect(bus.readings.last == .mass(.failed(.timeout, at: bus.now)))
    }

    @Test func `a measurement goes before polls and is interleaved with them`() throws {
        var bus = ScriptedBus([(2, .technotradeVRD485), (11, .elsnerSO250)], period: .milliseconds(20))
        bus.units = [2: .success([0, 0]), 11: Self.level]
        bus.run(for: .milliseconds(500))
        let before = bus.exchanges.count
        bus.measure(1, 2)
        bus.run(for: .milliseconds(400))
        let after = bus.exchanges[before...]
        #expect(after.first?.unit == 2)
        let attempts = after.filter { $0.unit == 2 }.prefix(3)
        let last = try #require(attempts.last)
        // Between the three attempts, 100 ms apart, the sensor had its turns.
        #expect(after.filter { $0.unit == 11 && $0.at < last.at }.count >= 6)
        #expect(bus.readings.count == 1)
    }

    @Test func `a device that is asked about one item after the other is polled all the same`() {
        var bus = ScriptedBus([(2, .technotradeVRD485)], period: .seconds(1))
        // A tag that is there ends a measurement with the first look.
        bus.units = [2: .success([0, 7])]
        bus.run(for: .seconds(2))
        let before = bus.exchangeCount(of: 2)
        for item in 1...10 {
            bus.measure(Int64(item), 2)
            bus.run(for: .milliseconds(400))
        }
        #expect(bus.readings.count == 10)
        #expect(bus.exchangeCount(of: 2) - before - bus.readings.count == 4)
    }

    struct FailureRow {
        var exchange: ExchangeFailure
        var reading: ReadingFailure
    }

    @Test(arguments: [
        FailureRow(exchange: .timeout, reading: .timeout),
        FailureRow(exchange: .badFrame, reading: .badFrame),
        FailureRow(exchange: .exception(2), reading: .refused),
        FailureRow(exchange: .exception(6), reading: .refused),
        FailureRow(exchange: .exception(11), reading: .timeout),
        FailureRow(exchange: .disconnected(PortError(.disconnected, "gone")), reading: .notConnected),
    ])
    func `an error is never a value`(_ row: FailureRow) {
        for (unit, driver) in [(1, .laumasTLB4), (2, .technotradeVRD485), (9, .nirHead)] as [(UInt8, DriverName)] {
            var bus = ScriptedBus([(unit, driver), (11, .elsnerSO250)])
            bus.units = [
                unit: driver == .nirHead ? .success([1, 0, 0, 9, 128, 1, 0]) : Self.weight, 11: Self.level,
            ]
            bus.run(for: .milliseconds(900))
            bus.units = [unit: .failure(row.exchange), 11: .failure(row.exchange)]
            bus.measure(1, unit)
            bus.events = []
            bus.run(for: .seconds(10))
            #expect(bus.readings.count == 1)
            for reading in bus.readings { #expect(reading.failure == row.reading) }
            for case .binLevelRead(_, let level) in bus.events { #expect(level.value == nil) }
        }
    }

    @Test func `one bad frame is repeated after a silence and harms nobody`() {
        var bus = ScriptedBus([(1, .laumasTLB4)])
        bus.units = [1: Self.weight]
        bus.run(for: .milliseconds(500))
        bus.measure(1, 1)
        guard case .exchange = bus.scheduler.next(at: bus.now) else {
            Issue.record("nothing is sent")
            return
        }
        bus.scheduler.exchanged(.failure(.badFrame), at: bus.now)
        #expect(bus.scheduler.next(at: bus.now) == .silence(until: bus.now + .milliseconds(15)))
        bus.run(for: .milliseconds(100))
        #expect(bus.readings.map(\.failure) == [nil])
    }

    @Test func `a bus that is down fails at once and is tried again with capped backoff`() {
        var bus = ScriptedBus([(1, .laumasTLB4)])
        bus.isConnectable = false
        bus.run(for: .seconds(120))
        let waits = zip(bus.connects, bus.connects.dropFirst()).map { $0.duration(to: $1).inMilliseconds }
        #expect(waits.prefix(7) == [501, 1001, 2001, 4001, 8001, 15001, 15001])
        bus.measure(1, 1)
        #expect(bus.readings == [.mass(.failed(.notConnected, at: bus.now))])
        #expect(bus.events.filter { $0 == .deviceLost("d1", .notConnected) }.count == 1)
        bus.isConnectable = true
        bus.units = [1: Self.weight]
        bus.run(for: .seconds(16))
        #expect(bus.events.contains(.deviceFound("d1")))
    }

    @Test func `a silent TCP connection is made anew, a silent serial port is not`() {
        var tcp = ScriptedBus([(1, .nirHead)], transport: .tcp(host: "-", port: 502))
        tcp.run(for: .seconds(60))
        #expect(tcp.connects.count > 1)
        var rtu = ScriptedBus([(1, .nirHead)])
        rtu.run(for: .seconds(60))
        #expect(rtu.connects.count == 1)
    }

    @Test func `too many questions at once are answered, not kept`() {
        var bus = ScriptedBus([(1, .laumasTLB4)])
        bus.units = [1: Self.weight]
        bus.run(for: .milliseconds(500))
        for passage in 1...10 { bus.measure(Int64(passage), 1) }
        bus.run(for: .seconds(2))
        #expect(bus.readings.count == 10)
        #expect(bus.readings.filter { $0.failure == nil }.count == ScheduledDevice.measurementsLimit)
    }

    @Test func `levels and drive faults are reported when they change`() {
        var bus = ScriptedBus([(11, .elsnerSO250)])
        bus.units = [11: Self.level]
        bus.run(for: .milliseconds(10_500))
        // Eleven polls: the first, and the tenth after it.
        #expect(bus.events.filter { if case .binLevelRead = $0 { true } else { false } }.count == 2)
        bus.units = [11: .success([41, 0, 0])]
        bus.run(for: .seconds(1))
        guard case .binLevelRead("bin11", .good(41, at: _)) = bus.events.last else {
            Issue.record("the change was not reported: \(String(describing: bus.events.last))")
            return
        }
    }

    @Test func `the silence on a serial bus is at least 3.5 characters`() {
        func gap(_ baud: Int, _ gap: Duration = .zero) -> Duration {
            BusTiming(
                BusSettings(
                    id: "b", transport: .rtu(path: "-", baud: baud, parity: .even, stopBits: 1),
                    responseTimeout: .seconds(1), gap: gap)
            ).gap
        }
        #expect(gap(9600) == .nanoseconds(4_010_416))
        #expect(gap(115_200) == .microseconds(1750))
        #expect(gap(9600, .milliseconds(25)) == .milliseconds(25))
    }
}

extension ModbusRequest {
    /// The beginning of a unit's registers as the answer to this request.
    fileprivate func answer(_ registers: [UInt16]) -> Result<ModbusAnswer, ExchangeFailure> {
        switch self {
        case .readHolding(let range), .readInput(let range):
            .success(.registers(Array(registers.prefix(Int(range.count)))))
        case .readCoils(let range), .readDiscreteInputs(let range):
            .success(.bits(registers.prefix(Int(range.count)).map { $0 != 0 }))
        case .writeCoil, .writeHolding, .writeCoils, .writeHoldings: .success(.written)
        }
    }
}

extension EvidenceReading {
    /// Nil if the reading is good.
    var failure: ReadingFailure? {
        switch self {
        case .mass(.failed(let failure, at: _)), .tag(.failed(let failure, at: _)),
            .spectrum(.failed(let failure, at: _)):
            failure
        case .mass, .tag, .spectrum: nil
        }
    }
}
