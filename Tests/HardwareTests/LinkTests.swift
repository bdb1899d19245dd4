import Modbus
import StationConfig
import StationPorts
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Hardware
@testable import SimulatedBus

/// libmodbus' link against peers that break the rules.
@Suite(.timeLimit(.minutes(hangLimitMinutes)))
struct LinkTests {
    static let request = ModbusRequest.readHolding(RegisterRange(2, count: 1))
    static let patient = ExchangeTiming(response: .seconds(5), byte: .seconds(5))
    static let brief = ExchangeTiming(response: .milliseconds(50), byte: .milliseconds(50))

    static func answer(to frame: [UInt8], _ value: UInt8, transaction: UInt8? = nil, unit: UInt8? = nil) -> [UInt8] {
        [transaction.map { _ in 0 } ?? frame[0], transaction ?? frame[1], 0, 0, 0, 5, unit ?? frame[6], 3, 2, 0, value]
    }

    func tcpLink(_ endpoint: ScriptedEndpoint) -> LibmodbusLink {
        LibmodbusLink(
            BusSettings(
                id: "tcp", transport: .tcp(host: "127.0.0.1", port: endpoint.port), responseTimeout: .seconds(1),
                gap: .zero))
    }

    /// The failure, if there was one.
    func failure(_ link: LibmodbusLink, within timing: ExchangeTiming = patient) -> ExchangeFailure? {
        do {
            _ = try link.exchange(Self.request, unit: 1, within: timing)
            return nil
        } catch {
            return error
        }
    }

    @Test func `an answer that came too late is dropped, and the next request gets its own`() throws {
        let endpoint = ScriptedEndpoint { number, frame in
            switch number {
            case 1: []
            // The first request's answer comes now, and right behind it the second one's.
            case 2: Self.answer(to: frame, 11, transaction: 1) + Self.answer(to: frame, 22)
            default: Self.answer(to: frame, 33)
            }
        }
        defer { endpoint.stop() }
        let link = tcpLink(endpoint)
        defer { link.close() }
        try link.connect()
        #expect(failure(link, within: Self.brief) == .timeout)
        #expect(try link.exchange(Self.request, unit: 1, within: Self.patient) == .registers([22]))
        #expect(try link.exchange(Self.request, unit: 1, within: Self.patient) == .registers([33]))
    }

    @Test func `a peer that counts its transactions by itself is a bad frame, not a loop`() throws {
        let endpoint = ScriptedEndpoint { _, frame in
            (0...LibmodbusLink.staleAnswersLimit).flatMap { _ in Self.answer(to: frame, 1, transaction: 99) }
        }
        defer { endpoint.stop() }
        let link = tcpLink(endpoint)
        defer { link.close() }
        try link.connect()
        #expect(failure(link) == .badFrame)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var change: @Sendable (inout [UInt8]) -> Void
    }

    static let rows = [
        Row(testDescription: "another unit") { $0[6] = 9 },
        Row(testDescription: "another protocol") { $0[2] = 1 },
        Row(testDescription: "a count that is not the frame's") { $0[5] = 7 },
        Row(testDescription: "another function") { $0[7] = 4 },
    ]

    @Test(arguments: rows)
    func `an answer that cannot be this request's is a bad frame`(_ row: Row) throws {
        let endpoint = ScriptedEndpoint { _, frame in
            var answer = Self.answer(to: frame, 1)
            row.change(&answer)
            return answer
        }
        defer { endpoint.stop() }
        let link = tcpLink(endpoint)
        defer { link.close() }
        try link.connect()
        #expect(failure(link) == .badFrame)
    }

    @Test func `a closed connection says so in a sentence`() throws {
        let endpoint = ScriptedEndpoint { _, _ in nil }
        defer { endpoint.stop() }
        let link = tcpLink(endpoint)
        defer { link.close() }
        try link.connect()
        guard case .disconnected(let cause) = failure(link) else {
            Issue.record("the connection is thought to be there")
            return
        }
        #expect(cause.code == .disconnected)
        #expect(cause.message.hasPrefix("Using the Modbus connection to 127.0.0.1:\(endpoint.port) failed: "))
    }

    @Test func `an exception behind a late answer is this request's exception`() throws {
        let endpoint = ScriptedEndpoint { number, frame in
            number == 1
                ? [] : Self.answer(to: frame, 11, transaction: 1) + [frame[0], frame[1], 0, 0, 0, 3, frame[6], 0x83, 6]
        }
        defer { endpoint.stop() }
        let link = tcpLink(endpoint)
        defer { link.close() }
        try link.connect()
        #expect(failure(link, within: Self.brief) == .timeout)
        #expect(failure(link) == .exception(6))
    }

    @Test func `two programs do not share a serial port`() throws {
        let folder = try TemporaryFolder()
        let slaves = try RTUSlaveBus(linkPath: "\(folder.path)/bus", units: [:], logger: silentLogger)
        try slaves.start()
        defer { slaves.stop() }
        let settings = BusSettings(
            id: "rtu", transport: .rtu(path: "\(folder.path)/bus", baud: 19200, parity: .none, stopBits: 2),
            responseTimeout: .milliseconds(200), gap: .zero)
        let (first, second) = (LibmodbusLink(settings), LibmodbusLink(settings))
        try first.connect()
        do {
            try second.connect()
            Issue.record("the port is shared")
        } catch {
            #expect(error.code == .busy)
        }
        first.close()
        try second.connect()
        second.close()
    }
}
