import Modbus
import Station
import StationConfig
import StationPorts
import Testing
import Vocabulary

@testable import Hardware

/// The circuit breaker, the readings and the pacing as the scheduler shows them.
struct BreakerTests {
    static let level = SchedulerTests.level

    @Test func `a breaker opens, lets probes through ever more slowly, and closes`() {
        var breaker = CircuitBreaker()
        let isGivenUp = breaker.failed(.timeout, at: .at(0))
        #expect(isGivenUp)
        var waits: [Int64] = []
        for _ in 0..<7 {
            guard let probeAt = breaker.probeAt else { break }
            waits.append(probeAt.nanoseconds / 1_000_000_000)
            breaker.taskBegan()
            #expect(breaker.state == .halfOpen(.timeout))
            let isNews = breaker.failed(.timeout, at: .at(0))
            #expect(!isNews)
        }
        #expect(waits == [1, 2, 4, 8, 16, 30, 30])
        let (isFound, isLost, isFoundAgain) = (
            breaker.succeeded(), breaker.failed(.badFrame, at: .at(0)), breaker.succeeded()
        )
        #expect(isFound && !isLost && !isFoundAgain)
        #expect(breaker.state == .closed(failuresInRow: 0))
    }

    @Test func `a probe of a unit behind a silent gateway is made once, not repeated`() {
        var bus = ScriptedBus([(11, .elsnerSO250)])
        bus.units = [11: .failure(.exception(11))]
        bus.run(for: .milliseconds(900))
        // The first task: the request and one repetition; then the breaker is open.
        #expect(bus.exchangeCount(of: 11) == 2)
        bus.run(for: .seconds(1))
        #expect(bus.exchangeCount(of: 11) == 3)
    }

    @Test func `a busy unit is asked three times more and then has refused`() {
        var bus = ScriptedBus([(11, .elsnerSO250)])
        bus.units = [11: Self.level]
        bus.run(for: .milliseconds(100))
        let before = bus.exchangeCount(of: 11)
        bus.units = [11: .failure(.exception(6))]
        bus.run(for: .milliseconds(1500))
        #expect(bus.exchangeCount(of: 11) - before == 4)
    }

    @Test func `a unit that timed out rests as long as its answer may still come`() throws {
        var bus = ScriptedBus([(11, .elsnerSO250)], period: .milliseconds(20))
        bus.units = [11: Self.level]
        bus.run(for: .milliseconds(100))
        bus.units = [:]
        bus.exchanges = []
        bus.run(for: .milliseconds(900))
        let (first, second) = try (#require(bus.exchanges.first).at, #require(bus.exchanges.dropFirst().first).at)
        #expect(second - first >= ScriptedBus.timeout * 2)
    }

    @Test func `of polls that are due the greater priority goes first, and nobody waits for ever`() {
        var bus = ScriptedBus(
            [(1, .elsnerSO250), (2, .elsnerSO250), (3, .elsnerSO250)], period: .milliseconds(20), priorities: [3: 9])
        bus.units = [1: Self.level, 2: Self.level, 3: Self.level]
        bus.run(for: .seconds(3))
        // 15 ms for an exchange with its gap: three units every 20 ms are more than the bus can carry.
        #expect(bus.exchanges.first?.unit == 3)
        #expect(bus.exchangeCount(of: 3) > bus.exchangeCount(of: 1) + 10)
        #expect(bus.exchangeCount(of: 1) > 20)
        #expect(bus.exchangeCount(of: 2) > 20)
    }

    @Test func `readings keep the last good value apart from the current state`() throws {
        var bus = ScriptedBus([(11, .elsnerSO250)])
        bus.units = [11: Self.level]
        bus.run(for: .milliseconds(100))
        let good = try #require(bus.scheduler.takeReadings().first?.readings.first)
        #expect(good.point == "level" && good.unit == "%")
        let goodAt = try #require(good.lastGood?.at)
        #expect(good.quality(at: goodAt + .seconds(3), staleAfter: .seconds(3)) == .good)
        #expect(good.quality(at: goodAt + .seconds(4), staleAfter: .seconds(3)) == .stale)
        let again = bus.scheduler.takeReadings()
        #expect(again.isEmpty)
        bus.units = [11: .failure(.timeout)]
        bus.run(for: .seconds(2))
        let failed = try #require(bus.scheduler.takeReadings().first?.readings.first)
        #expect(failed.quality(at: bus.now, staleAfter: .seconds(60)) == .timeout)
        #expect(failed.lastGood == good.lastGood)
        let age = try #require(failed.age(at: bus.now))
        #expect(age < bus.now - goodAt)
    }

    @Test func `bytes that nobody asked for are heard out before a request is sent`() {
        var bus = ScriptedBus([(11, .elsnerSO250)])
        bus.run(for: .milliseconds(10))
        bus.scheduler.connected(at: bus.now)
        var now = bus.now + .milliseconds(20)
        for _ in 0..<BusScheduler.strayInputLimit {
            while case .silence(let until) = bus.scheduler.next(at: now) { now = until }
            let isHeardOut = bus.scheduler.strayInputSeen(at: now)
            #expect(isHeardOut)
            let step = bus.scheduler.next(at: now)
            #expect(step == .silence(until: now + .milliseconds(15)))
        }
        now = now + .milliseconds(15)
        guard case .exchange = bus.scheduler.next(at: now) else {
            Issue.record("nothing is sent")
            return
        }
        // A line that is never quiet is used all the same.
        let isHeardOut = bus.scheduler.strayInputSeen(at: now)
        #expect(isHeardOut == false)
    }

    @Test func `a stream that makes no sense is begun anew and loses nobody`() {
        var bus = ScriptedBus([(1, .elsnerSO250)], transport: .tcp(host: "-", port: 502))
        bus.units = [1: Self.level]
        bus.run(for: .milliseconds(100))
        bus.units = [1: .failure(.badFrame)]
        bus.run(for: .seconds(1))
        bus.units = [1: Self.level]
        bus.run(for: .seconds(2))
        #expect(bus.connects.count >= 2)
        #expect(!bus.events.contains(.deviceLost("d1", .notConnected)))
    }

    @Test func `writing to a slow port takes its time before the response timeout begins`() {
        let settings = BusSettings(
            id: "b", transport: .rtu(path: "-", baud: 1200, parity: .none, stopBits: 1),
            responseTimeout: .milliseconds(100), gap: .zero)
        let device = DeviceSettings(id: "d", bus: "b", unit: 1, driver: .elsnerSO250, period: .seconds(1))
        let timing = BusTiming(settings).exchange(.readInput(RegisterRange(0, count: 3)), with: device)
        // Eight characters of ten bits at 1200 baud.
        #expect(timing.response == .milliseconds(100) + .nanoseconds(66_666_666))
        var patient = device
        patient.responseTimeout = .seconds(2)
        #expect(
            BusTiming(settings).exchange(.readInput(RegisterRange(0, count: 3)), with: patient).response
                == .seconds(2) + .nanoseconds(66_666_666))
    }
}
