import Modbus
import Station
import StationConfig
import Testing
import Vocabulary

@testable import Hardware

/// Outputs and inputs that hang on a bus, as the scheduler sees them.
struct RemoteOutputTests {
    private static let io: DeviceID = "io"
    private static let off = [Bool](repeating: false, count: 8)

    private static func device(_ lines: RemoteLines = RemoteLines()) -> ScheduledDevice {
        let settings = DeviceSettings(id: io, bus: "bus", unit: 3, driver: .waveshareIO8CH, period: .seconds(10))
        return ScheduledDevice(
            settings, driver: makeDriver(settings, conveyorSpeedCentihertz: 2500), bins: [], lines: lines, at: .zero)
    }

    private static func scheduler(_ lines: RemoteLines = RemoteLines()) -> BusScheduler {
        let bus = BusSettings(
            id: "bus", transport: .tcp(host: "-", port: 1), responseTimeout: .milliseconds(100), gap: .zero)
        var scheduler = BusScheduler(BusTiming(bus), devices: [device(lines)], at: .zero)
        #expect(scheduler.next(at: .zero) == .connect)
        scheduler.connected(at: .zero)
        return scheduler
    }

    /// Makes every exchange that is due against a module with these inputs; answers with what was written.
    private static func serve(
        _ scheduler: inout BusScheduler, _ module: inout [Bool], inputs: [Bool] = off, at now: Instant
    ) -> [[Bool]] {
        var written: [[Bool]] = []
        while case .exchange(let request, unit: 3, within: _) = scheduler.next(at: now) {
            switch request {
            case .readDiscreteInputs: scheduler.exchanged(.success(.bits(inputs)), at: now)
            case .readCoils: scheduler.exchanged(.success(.bits(module)), at: now)
            case .writeCoils(let coils):
                module = coils.values
                written.append(module)
                scheduler.exchanged(.success(.written), at: now)
            case .readHolding, .readInput, .writeCoil, .writeHolding, .writeHoldings:
                Issue.record("a module has no such thing: \(request)")
                return written
            }
        }
        return written
    }

    private static func lose(_ scheduler: inout BusScheduler, at now: Instant) -> Instant {
        var now = now
        while scheduler.devices[0].breaker.failure == nil {
            switch scheduler.next(at: now) {
            case .exchange: scheduler.exchanged(.failure(.timeout), at: now)
            case .connect: scheduler.connected(at: now)
            case .silence(let until): now = until
            case .wait(let until): now = until ?? now
            }
        }
        return now
    }

    @Test func `a command is carried out at once and not with the next period`() {
        var scheduler = Self.scheduler()
        var module = Self.off
        #expect(Self.serve(&scheduler, &module, at: .zero) == [])
        scheduler.command([1: true], of: Self.io)
        scheduler.command([1: false, 2: true], of: Self.io)
        let expected = [false, false, true, false, false, false, false, false]
        #expect(Self.serve(&scheduler, &module, at: .at(50)) == [expected])
        #expect(Self.serve(&scheduler, &module, at: .at(60)) == [])
    }

    @Test func `what was commanded while the module was lost is carried out when it is back`() {
        var scheduler = Self.scheduler()
        var module = Self.off
        #expect(Self.serve(&scheduler, &module, at: .zero) == [])
        let lostAt = Self.lose(&scheduler, at: .zero)
        scheduler.command([0: true], of: Self.io)
        guard case .wait(let probeAt?) = scheduler.next(at: lostAt) else {
            Issue.record("a lost module is probed later, whatever is commanded")
            return
        }
        #expect(probeAt > lostAt)
        let expected = [true, false, false, false, false, false, false, false]
        #expect(Self.serve(&scheduler, &module, at: probeAt) == [expected])
    }

    @Test func `the lines of a module that is lost have failed, and work again when it is back`() {
        let lines = RemoteLines(
            inputs: [.serviceKey: RemotePlace(device: Self.io, channel: 4, isActiveLow: true)],
            outputs: [.lampRed: RemotePlace(device: Self.io, channel: 1)])
        var scheduler = Self.scheduler(lines)
        var module = Self.off
        #expect(Self.serve(&scheduler, &module, at: .zero) == [])
        #expect(scheduler.takeEvents() == [.deviceFound(Self.io), .lineChanged(.serviceKey, isActive: true)])
        let lostAt = Self.lose(&scheduler, at: .zero)
        #expect(
            scheduler.takeEvents() == [
                .deviceLost(Self.io, .timeout), .lineFailed("serviceKey"), .lineFailed("lampRed"),
            ])
        let high = [false, false, false, false, true, false, false, false]
        #expect(Self.serve(&scheduler, &module, inputs: high, at: lostAt + .seconds(1)) == [])
        #expect(
            scheduler.takeEvents() == [
                .deviceFound(Self.io), .lineWorked("serviceKey"), .lineWorked("lampRed"),
                .lineChanged(.serviceKey, isActive: false),
            ])
    }

    @Test func `at the end a module is left with everything off, unless it is lost`() throws {
        var scheduler = Self.scheduler()
        var module = Self.off
        #expect(Self.serve(&scheduler, &module, at: .zero) == [])
        #expect(scheduler.partings.map(\.request) == [.writeCoils(try #require(CoilValues(0, Self.off)))])
        #expect(scheduler.partings.map(\.unit) == [3])
        _ = Self.lose(&scheduler, at: .zero)
        #expect(scheduler.partings.isEmpty)
    }
}
