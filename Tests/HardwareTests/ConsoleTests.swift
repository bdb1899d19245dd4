import Modbus
import StationConfig
import StationPorts
import TestSupport
import Testing
import Vocabulary

@testable import Hardware
@testable import SimulatedBus

/// A bus whose units are a function; it notes what it was asked, and when.
final class ConsoleLink: IdentifyingLink {
    typealias Outcome = Result<ModbusAnswer, ExchangeFailure>

    struct Asked: Equatable {
        var unit: UInt8
        var request: ModbusRequest
        var at: Instant
    }

    private(set) var asked: [Asked] = []
    private(set) var connections = 0
    /// Bytes that lie on the line until they are flushed.
    var hasStrayInput = false
    private let clock: MovedClock
    private let answer: (ConsoleLink, UInt8, ModbusRequest, ExchangeTiming) -> Outcome

    init(
        _ clock: MovedClock, _ answer: @escaping (ConsoleLink, UInt8, ModbusRequest, ExchangeTiming) -> Outcome
    ) {
        self.clock = clock
        self.answer = answer
    }

    func connect() { connections += 1 }
    func flush() { hasStrayInput = false }
    func close() {}

    func exchange(
        _ request: ModbusRequest, unit: UInt8, within timing: ExchangeTiming
    ) throws(ExchangeFailure) -> ModbusAnswer {
        asked.append(Asked(unit: unit, request: request, at: clock.now))
        let outcome = answer(self, unit, request, timing)
        clock.advance(by: outcome == .failure(.timeout) ? timing.response : .milliseconds(10))
        return try outcome.get()
    }

    func reportServerID(unit: UInt8, within timing: ExchangeTiming) throws(ExchangeFailure) -> [UInt8] {
        throw .exception(ModbusException.illegalFunction)
    }
}

/// Scripted buses on one clock, which a rest moves.
struct ConsoleBus {
    let clock = MovedClock()
    var settings = BusSettings(
        id: "b", transport: .rtu(path: "-", baud: 19200, parity: .none, stopBits: 1),
        responseTimeout: .milliseconds(200), gap: .zero)

    func console(_ link: ConsoleLink, _ settings: BusSettings? = nil) -> BusConsole {
        BusConsole(settings ?? self.settings, link, clock: clock) { [clock] end in
            if end > clock.now { clock.advance(by: end - clock.now) }
        }
    }

    func link(
        _ answer: @escaping (ConsoleLink, UInt8, ModbusRequest, ExchangeTiming) -> ConsoleLink.Outcome
    ) -> ConsoleLink {
        ConsoleLink(clock, answer)
    }
}

struct ConsoleTests {
    let bus = ConsoleBus()
    let read = ModbusRequest.readHolding(RegisterRange(0, count: 1))

    @Test func `the console keeps the silent interval before each request`() throws {
        let link = bus.link { _, _, _, _ in .success(.registers([1])) }
        let console = bus.console(link)
        for _ in 0..<3 { _ = try console.ask(read, unit: 1) }
        // 3.5 characters of ten bits at 19200 baud, after answers that took 10 ms.
        let interval = Duration.nanoseconds(1_822_916)
        #expect(link.asked.count == 3)
        for (earlier, later) in zip(link.asked, link.asked.dropFirst()) {
            #expect(later.at - earlier.at == .milliseconds(10) + interval)
        }
    }

    struct RetryRow: Sendable, CustomTestStringConvertible {
        var failure: ExchangeFailure
        var attempts: Int
        var testDescription: String { "\(failure)" }
    }

    @Test(arguments: [
        RetryRow(failure: .timeout, attempts: 2), RetryRow(failure: .badFrame, attempts: 2),
        RetryRow(failure: .exception(ModbusException.busy), attempts: 4),
        RetryRow(failure: .exception(ModbusException.gatewayTargetSilent), attempts: 2),
        RetryRow(failure: .exception(ModbusException.illegalAddress), attempts: 1),
        RetryRow(failure: .disconnected(PortError(.disconnected, "gone")), attempts: 1),
    ])
    func `a request is repeated so often and no more`(row: RetryRow) {
        let link = bus.link { _, _, _, _ in .failure(row.failure) }
        let failure = #expect(throws: ExchangeFailure.self) { try bus.console(link).ask(read, unit: 1) }
        #expect(failure == row.failure)
        #expect(link.asked.count == row.attempts)
    }

    @Test func `a bus that went away is opened again for the next request`() throws {
        let link = bus.link { link, _, _, _ in
            link.asked.count == 1
                ? .failure(.disconnected(PortError(.disconnected, "gone"))) : .success(.registers([1]))
        }
        let console = bus.console(link)
        #expect(throws: ExchangeFailure.self) { try console.ask(read, unit: 1) }
        _ = try console.ask(read, unit: 1)
        #expect(link.connections == 2)
    }

    @Test func `a port that another program holds is busy`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/bus"
        let slaves = try RTUSlaveBus(linkPath: path, units: [:], logger: silentLogger)
        try slaves.start()
        defer { slaves.stop() }
        let settings = BusSettings(
            id: "b", transport: .rtu(path: path, baud: 19200, parity: .none, stopBits: 2),
            responseTimeout: .milliseconds(200), gap: .zero)
        let (daemon, console) = (BusConsole(settings), BusConsole(settings))
        try daemon.open()
        let error = #expect(throws: PortError.self) { try console.open() }
        #expect(error?.code == .busy)
        daemon.close()
        try console.open()
        console.close()
    }
}
