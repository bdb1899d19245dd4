import CBenchModbus
import CLinux
import Drivers
import Hardware
import Logging
import Modbus
import Station
import StationConfig
import StationPorts
import Synchronization
import Threads
import Vocabulary

/// Our master at the work that the C loops do.
struct OurMaster {
    let registers: Int

    private static let responseTimeout = Duration.milliseconds(300)

    /// Reads on a link, one after the other, on a thread that does nothing else.
    func tcp(port: Int, count: Int) throws -> MasterRun {
        let link = try MeasuredLink(network(port))
        let request = ModbusRequest.readHolding(RegisterRange(0, count: UInt16(registers)))
        var run = MasterRun()
        run.durations.reserveCapacity(count)
        run.begin(bench_thread_processor_nanoseconds())
        for _ in 0..<count {
            let start = linux_monotonic_nanoseconds()
            if link.exchange(request, unit: 1) == nil { run.failures += 1 }
            run.durations.append(linux_monotonic_nanoseconds() - start)
        }
        run.end(bench_thread_processor_nanoseconds())
        return run
    }

    /// Reads through scheduler and worker as fast as the line lets them.
    func rtu(path: String, baud: Int, count: Int) throws -> MasterRun {
        let settings = BusSettings(
            id: "bench", transport: .rtu(path: path, baud: baud, parity: .none, stopBits: 2),
            responseTimeout: Self.responseTimeout, gap: .zero)
        let tally = try Tally(until: count)
        let driver = ReadingDriver(registers: registers, tally: tally, isEndless: true)
        let bus = makeBus(settings, [(device(unit: 1, period: .seconds(3600)), driver)])
        var run = MasterRun()
        run.begin(bench_process_processor_nanoseconds())
        bus.start()
        tally.wait()
        run.end(bench_process_processor_nanoseconds())
        bus.stop()
        return run
    }

    /// Has all units read once in each period by a scheduler.
    func periodic(port: Int, units: Int, period: Duration, count: Int) throws -> MasterRun {
        let tally = try Tally(until: .max)
        let devices = (1...UInt8(units)).map { unit in
            (device(unit: unit, period: period), ReadingDriver(registers: registers, tally: tally, isEndless: false))
        }
        let bus = makeBus(network(port), devices)
        var run = MasterRun()
        bus.start()
        // From the middle between two reads, so that whole periods are measured.
        let start = period.inNanoseconds * Int64(BENCH_STARTING_PERIODS) - period.inNanoseconds / 2
        let measuredFrom = linux_monotonic_nanoseconds() + start
        linux_sleep_until(measuredFrom)
        run.begin(bench_process_processor_nanoseconds())
        linux_sleep_until(measuredFrom + period.inNanoseconds * Int64(count))
        run.end(bench_process_processor_nanoseconds())
        bus.stop()
        run.failures = max(0, units * (count + Int(BENCH_STARTING_PERIODS)) - tally.answers)
        return run
    }

    private func makeBus(_ bus: BusSettings, _ devices: [(DeviceSettings, ReadingDriver)]) -> MeasuredBus {
        MeasuredBus(
            bus, devices: devices.map { ($0.0, $0.1 as any DeviceDriver) }, sink: NoSink(), clock: BenchClock(),
            logger: .silent)
    }

    private func network(_ port: Int) -> BusSettings {
        BusSettings(
            id: "bench", transport: .tcp(host: "127.0.0.1", port: port), responseTimeout: Self.responseTimeout,
            gap: .zero)
    }

    private func device(unit: UInt8, period: Duration) -> DeviceSettings {
        DeviceSettings(
            id: DeviceID(rawValue: "unit-\(unit)") ?? "unit", bus: "bench", unit: unit, driver: .elsnerSO250,
            period: period)
    }
}

/// Counts answers, and rings when there are enough.
private final class Tally: Sendable {
    private let limit: Int
    private let count = Atomic<Int>(0)
    private let bell: Doorbell

    init(until limit: Int) throws {
        self.limit = limit
        bell = try Doorbell()
    }

    var answers: Int { count.load(ordering: .relaxed) }

    /// - Returns: whether more are wanted.
    func answered() -> Bool {
        guard count.wrappingAdd(1, ordering: .relaxed).newValue >= limit else { return true }
        bell.ring()
        return false
    }

    func wait() { bell.wait(atMost: nil) }
}

/// Reads one range of registers and tells each of them as a point.
private struct ReadingDriver: DeviceDriver {
    let request: ModbusRequest
    let points: [String]
    let tally: Tally
    /// Whether a task goes on for ever, so that a request follows each answer.
    let isEndless: Bool

    init(registers: Int, tally: Tally, isEndless: Bool) {
        request = .readHolding(RegisterRange(0, count: UInt16(registers)))
        points = (0..<registers).map { "register-\($0)" }
        self.tally = tally
        self.isEndless = isEndless
    }

    mutating func begin(_ task: DriverTask, at now: Instant) -> DriverStep { .send(request) }

    mutating func next(_ answer: DriverAnswer, at now: Instant) -> DriverStep {
        guard case .registers(let values) = answer else { return .failed(.refused) }
        if tally.answered(), isEndless { return .send(request) }
        let samples = zip(points, values).map { PointSample($0, .good(.number(Double($1)), at: now)) }
        return .done(.alive, samples)
    }
}

private struct NoSink: EventSink {
    func post(_ event: StationEvent) {}
}

private struct BenchClock: MonotonicClock {
    var now: Instant { Instant(nanoseconds: linux_monotonic_nanoseconds()) }
}
