import Modbus
import StationConfig
import TestSupport
import Testing

@testable import Hardware

/// Our master, answered by a server that nobody here wrote: pymodbus, as Fixtures/pymodbus_server.py sets it up.
@Suite(.enabled(if: Peers.isHere, Comment(rawValue: Peers.missing)), .timeLimit(.minutes(hangLimitMinutes)))
struct OurMasterTests {
    /// A peer that is written in Python and shares a processor with other tests is given its time.
    static let patience = ExchangeTiming(response: .seconds(10), byte: .seconds(5))

    /// Serves unit 1, and connects our master to it.
    func withMaster(_ carrier: Carrier, _ body: (LibmodbusLink) throws -> Void) throws {
        switch carrier {
        case .tcp:
            let server = try Peers.pymodbus("pymodbus_server", ["tcp"])
            let port = try #require(Int(server.line(with: "ready").split(separator: " ").last ?? ""))
            try connect(.tcp(host: "127.0.0.1", port: port), body)
            #expect(server.finish().code == 0)
        case .rtu:
            let folder = try TemporaryFolder()
            let ends = ["ours", "theirs"].map { "\(folder.path)/\($0)" }
            let line = try Peers.program("socat", ["-d", "-d"] + ends.map { "pty,raw,echo=0,link=\($0)" })
            try line.line(with: "starting data transfer loop")
            let server = try Peers.pymodbus("pymodbus_server", ["rtu", ends[1]])
            try server.line(with: "ready")
            // 8N2: a pseudo-terminal does not take parity twice.
            try connect(.rtu(path: ends[0], baud: 19200, parity: .none, stopBits: 2), body)
            #expect(server.finish().code == 0)
        }
    }

    private func connect(_ transport: BusSettings.Transport, _ body: (LibmodbusLink) throws -> Void) throws {
        let settings = BusSettings(id: "peer", transport: transport, responseTimeout: .seconds(10), gap: .zero)
        let link = LibmodbusLink(settings)
        try link.connect()
        defer { link.close() }
        try body(link)
    }

    struct Row: Sendable {
        var request: ModbusRequest
        var answer: Result<ModbusAnswer, ExchangeFailure>
    }

    static let reads = [
        Row(
            request: .readCoils(BitRange(0, count: 10)),
            answer: .success(.bits([true, false, false, true, false, false, true, false, false, true]))),
        Row(request: .readDiscreteInputs(BitRange(1, count: 3)), answer: .success(.bits([true, false, true]))),
        Row(
            request: .readHolding(RegisterRange(2, count: 3)),
            answer: .success(.registers([0x1002, 0x1003, 0x1004]))),
        Row(request: .readInput(RegisterRange(39, count: 1)), answer: .success(.registers([0x2027]))),
        // Every type of value as pymodbus lays it out: 16, 32 and 64 bits, IEEE floats, text.
        Row(
            request: .readHolding(RegisterRange(100, count: 23)),
            answer: .success(
                .registers([
                    0xFFFE, 0xFFFF, 0xFFFE, 0xEE90, 0xEE6B, 0x2800, 0xFFFF, 0xFFFE, 0xD5FA, 0x0E00, 0xF9CC, 0xD8A1,
                    0xC508, 0x0000, 0x429B, 0x051F, 0xBFB9, 0x9999, 0x9999, 0x999A, 0x5265, 0x7475, 0x7200,
                ]))),
        Row(request: .readHolding(RegisterRange(39, count: 2)), answer: .failure(.exception(2))),
        Row(request: .readCoils(BitRange(60, count: 5)), answer: .failure(.exception(2))),
        Row(request: .readHolding(RegisterRange(30, count: 1)), answer: .failure(.exception(6))),
        Row(request: .readHolding(RegisterRange(31, count: 1)), answer: .failure(.exception(10))),
        Row(request: .readHolding(RegisterRange(32, count: 1)), answer: .failure(.exception(11))),
        // The link works on after a refusal.
        Row(request: .readHolding(RegisterRange(0, count: 1)), answer: .success(.registers([0x1000]))),
    ]

    @Test(arguments: Carrier.allCases)
    func `our master reads every table and hears every exception`(carrier: Carrier) throws {
        try withMaster(carrier) { link in
            for row in Self.reads { #expect(link.result(of: row.request) == row.answer, "\(row.request)") }
        }
    }

    static let writes = [
        Row(request: .writeCoil(address: 1, isOn: true), answer: .success(.written)),
        Row(request: .writeCoil(address: 0, isOn: false), answer: .success(.written)),
        Row(request: .writeCoils(CoilValues(8, [true, true, false])!), answer: .success(.written)),
        Row(request: .writeHolding(address: 5, value: 500), answer: .success(.written)),
        Row(request: .writeHoldings(RegisterValues(6, [600, 601])!), answer: .success(.written)),
        Row(request: .writeHolding(address: 40, value: 1), answer: .failure(.exception(2))),
        Row(request: .writeHoldings(RegisterValues(39, [1, 2])!), answer: .failure(.exception(2))),
        Row(request: .writeCoil(address: 64, isOn: true), answer: .failure(.exception(2))),
        Row(
            request: .readCoils(BitRange(0, count: 11)),
            answer: .success(.bits([false, true, false, true, false, false, true, false, true, true, false]))),
        Row(request: .readHolding(RegisterRange(5, count: 3)), answer: .success(.registers([500, 600, 601]))),
    ]

    @Test(arguments: Carrier.allCases)
    func `our master writes with every function`(carrier: Carrier) throws {
        try withMaster(carrier) { link in
            for row in Self.writes { #expect(link.result(of: row.request) == row.answer, "\(row.request)") }
        }
    }

    /// RTU has no transactions: there the scheduler's rest keeps a late answer from being taken for another.
    @Test func `an answer that comes too late is not taken for the next one's`() throws {
        try withMaster(.tcp) { link in
            let hurry = ExchangeTiming(response: .milliseconds(50), byte: .seconds(5))
            let slow = link.result(of: .readHolding(RegisterRange(33, count: 1)), within: hurry)
            #expect(slow == .failure(.timeout))
            let next = link.result(of: .readHolding(RegisterRange(0, count: 1)))
            #expect(next == .success(.registers([0x1000])))
        }
    }
}

extension LibmodbusLink {
    func result(
        of request: ModbusRequest, unit: UInt8 = 1, within timing: ExchangeTiming = OurMasterTests.patience
    ) -> Result<ModbusAnswer, ExchangeFailure> {
        do {
            return .success(try exchange(request, unit: unit, within: timing))
        } catch {
            return .failure(error)
        }
    }
}
