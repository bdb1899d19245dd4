import Glibc
import TestSupport
import Testing

@testable import SimulatedBus

@Suite(.timeLimit(.minutes(hangLimitMinutes)))
struct SerialBusTests {
    static let readOne: [UInt8] = [0x01, 0x03, 0x00, 0x02, 0x00, 0x01, 0x25, 0xCA]
    static let answerOne: [UInt8] = [0x01, 0x03, 0x02, 0x10, 0x02, 0x34, 0x45]
    /// Reads one register from address 3.
    static let readNext: [UInt8] = [0x01, 0x03, 0x00, 0x03, 0x00, 0x01, 0x74, 0x0A]
    static let answerNext: [UInt8] = [0x01, 0x03, 0x02, 0x10, 0x03, 0xF5, 0x85]

    func withBus(
        _ units: [UInt8: any SlaveUnit], line: RTUSlaveBus.Line = .init(), _ body: (RTUSlaveBus, RawPort) throws -> Void
    ) throws {
        let folder = try TemporaryFolder()
        let bus = try RTUSlaveBus(linkPath: "\(folder.path)/bus", units: units, line: line, logger: silentLogger)
        try bus.start()
        defer { bus.stop() }
        try body(bus, RawPort("\(folder.path)/bus"))
    }

    @Test func `a broadcast is not answered, and every unit does what it says`() throws {
        let (one, two) = (RegisterBank.small(), RegisterBank.small())
        try withBus([1: one, 2: two]) { _, port in
            // Register 2 of all units becomes 0x1002 less 2.
            port.write([0x00, 0x06, 0x00, 0x02, 0x10, 0x00, 0x24, 0x1B])
            port.write(Self.readNext)
            #expect(port.read(7) == Self.answerNext)
            for bank in [one, two] { #expect(bank[.holdingRegisters, 2] == 0x1000) }
        }
    }

    @Test func `a function whose length is unknown is answered when the line is silent`() throws {
        try withBus([1: RegisterBank.small()]) { _, port in
            port.write([0x01, 0x2B, 0x0E, 0x01, 0x00, 0x70, 0x77])
            #expect(port.read(5) == [0x01, 0xAB, 0x01, 0x9E, 0xF0])
        }
    }

    @Test func `whoever opens the port finds stray bytes there`() throws {
        try withBus([1: RegisterBank.small()], line: .init(strayBytesAtOpen: [0xFF, 0x00])) { _, port in
            #expect(port.read(2) == [0xFF, 0x00])
            port.write(Self.readOne)
            #expect(port.read(7) == Self.answerOne)
        }
    }

    @Test func `a late unit does not keep another from answering`() throws {
        let late = Distorting(RegisterBank.small(), by: .late(.milliseconds(300)))
        try withBus([1: late, 2: RegisterBank.small()]) { _, port in
            port.write(Self.readOne)
            port.write([0x02, 0x03, 0x00, 0x02, 0x00, 0x01, 0x25, 0xF9])
            #expect(port.read(7) == [0x02, 0x03, 0x02, 0x10, 0x02, 0x70, 0x45])
            #expect(port.read(7) == Self.answerOne)
        }
    }

    @Test func `requests and answers pass a line with a bit rate, and its silences are recorded`() throws {
        let line = RTUSlaveBus.Line(pace: SerialPace(baud: 115_200, characterBits: 11), turnaround: .atOnce)
        try withBus([1: RegisterBank.small()], line: line) { bus, port in
            for number in 0..<3 {
                port.write(Self.readOne)
                #expect(port.read(7) == Self.answerOne)
                // The record is written before the answer is.
                #expect(bus.silences.requests == number)
            }
            #expect(bus.silences.shortest != nil)
        }
    }
}

@Suite(.timeLimit(.minutes(hangLimitMinutes)))
struct NetworkBusTests {
    static let readOne: [UInt8] = [0, 1, 0, 0, 0, 6, 1, 3, 0, 2, 0, 1]
    static let answerOne: [UInt8] = [0, 1, 0, 0, 0, 5, 1, 3, 2, 0x10, 2]
    static let readNext: [UInt8] = [0, 2, 0, 0, 0, 6, 1, 3, 0, 3, 0, 1]
    static let answerNext: [UInt8] = [0, 2, 0, 0, 0, 5, 1, 3, 2, 0x10, 3]

    func withBus(
        _ unit: any SlaveUnit, endpoint: TCPSlaveBus.Endpoint = .answering,
        _ body: (TCPSlaveBus, RawConnection) throws -> Void
    ) throws {
        let bus = try TCPSlaveBus(
            host: "127.0.0.1", port: 0, units: [1: unit], endpoint: endpoint, logger: silentLogger)
        bus.start()
        defer { bus.stop() }
        try body(bus, RawConnection(port: bus.port))
    }

    @Test func `a stale answer comes again before the right one`() throws {
        try withBus(Distorting(RegisterBank.small(), by: .staleFirst)) { _, master in
            master.write(Self.readOne)
            #expect(master.read(11) == Self.answerOne)
            master.write(Self.readNext)
            #expect(master.read(22) == Self.answerOne + Self.answerNext)
        }
    }

    @Test func `an answer that is late comes all the same, after others`() throws {
        let unit = Distorting(RegisterBank.small(), by: .late(.milliseconds(300)), on: .first(1))
        try withBus(unit) { _, master in
            master.write(Self.readOne)
            master.write(Self.readNext)
            #expect(master.read(22) == Self.answerNext + Self.answerOne)
        }
    }

    @Test func `a forgotten client hears nothing more, and one that comes later is served`() throws {
        try withBus(RegisterBank.small()) { bus, master in
            master.write(Self.readOne)
            #expect(master.read(11) == Self.answerOne)
            bus.forgetClients()
            master.write(Self.readOne)
            let other = try RawConnection(port: bus.port)
            other.write(Self.readNext)
            #expect(other.read(11) == Self.answerNext)
            #expect(waitReadable([master.descriptor], timeoutMilliseconds: 0).isEmpty)
        }
    }

    @Test func `a half-open endpoint takes connections and says nothing`() throws {
        try withBus(RegisterBank.small(), endpoint: .halfOpen) { bus, master in
            master.write(Self.readOne)
            bus.stop()
            // Nothing came before the end of the connection.
            #expect(master.read(1) == [])
        }
    }
}
