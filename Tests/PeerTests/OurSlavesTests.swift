import SimulatedBus
import TestSupport
import Testing

/// What carries the frames.
enum Carrier: String, CaseIterable, CustomTestStringConvertible {
    case tcp, rtu
    var testDescription: String { rawValue }
}

/// Our simulated slaves, asked by masters that nobody here wrote.
@Suite(.enabled(if: Peers.isHere, Comment(rawValue: Peers.missing)), .timeLimit(.minutes(hangLimitMinutes)))
struct OurSlavesTests {
    /// Unit 1 has all tables, unit 2 is busy once, unit 3 reads no more than 4 registers; there is no unit 4.
    static func units() -> (bank: RegisterBank, units: [UInt8: any SlaveUnit]) {
        let values: [UInt16] =
            (0..<40).map { 0x1000 + $0 } + [
                0xFFFE, 0xFFFF,  // 40: -2, 41: 65535
                0xFFFE, 0xEE90, 0xEE6B, 0x2800,  // 42: -70000, 44: 4000000000
                0xFFFF, 0xFFFE, 0xD5FA, 0x0E00,  // 46: -5000000000
                0xF9CC, 0xD8A1, 0xC508, 0x0000,  // 50: 18000000000000000000
                0x429B, 0x051F,  // 54: 77.51
                0xBFB9, 0x9999, 0x9999, 0x999A,  // 56: -0.1
                0x5265, 0x7475, 0x7200,  // 60: Retur
            ]
        let bank = RegisterBank([
            .coils: .init((0..<64).map { $0 % 3 == 0 ? 1 : 0 }), .discreteInputs: .init((0..<64).map { $0 % 2 }),
            .holdingRegisters: .init(values), .inputRegisters: .init((0..<40).map { 0x2000 + $0 }),
        ])
        return (
            bank, [1: bank, 2: Refusing(bank, with: Refusing.busy, on: .first(1)), 3: ReadLimited(bank, to: 4)]
        )
    }

    /// Serves the units, and says where.
    func withSlaves(_ carrier: Carrier, _ body: (_ place: String, RegisterBank) throws -> Void) throws {
        let (bank, units) = Self.units()
        switch carrier {
        case .tcp:
            let bus = try TCPSlaveBus(host: "127.0.0.1", port: 0, units: units, logger: silentLogger)
            bus.start()
            defer { bus.stop() }
            try body(String(bus.port), bank)
        case .rtu:
            let folder = try TemporaryFolder()
            let bus = try RTUSlaveBus(linkPath: "\(folder.path)/bus", units: units, logger: silentLogger)
            try bus.start()
            defer { bus.stop() }
            try body("\(folder.path)/bus", bank)
        }
    }

    @Test(arguments: Carrier.allCases)
    func `pymodbus reads every table and type, and hears every exception`(carrier: Carrier) throws {
        let rows = [
            ("1 coils 0 10", "1 0 0 1 0 0 1 0 0 1"), ("1 discretes 1 3", "1 0 1"), ("1 holding 2 3", "4098 4099 4100"),
            ("1 input 39 1", "8231"), ("1 INT16 40", "-2"), ("1 UINT16 41", "65535"), ("1 INT32 42", "-70000"),
            ("1 UINT32 44", "4000000000"), ("1 INT64 46", "-5000000000"), ("1 UINT64 50", "18000000000000000000"),
            ("1 FLOAT32 54", "77.51000213623047"), ("1 FLOAT64 56", "-0.1"), ("1 STRING 60 3", "Retur"),
            ("1 coils 60 5", "exception 2"), ("1 input 39 2", "exception 2"), ("2 holding 0 1", "exception 6"),
            ("2 holding 0 1", "4096"), ("3 holding 0 5", "exception 3"), ("3 holding 0 4", "4096 4097 4098 4099"),
            ("4 holding 0 1", "no answer"), ("1 holding 0 1", "4096"),
        ]
        try withSlaves(carrier) { place, _ in
            let master = try Peers.pymodbus("pymodbus_master", [carrier.rawValue, place])
            for (request, answer) in rows {
                master.write(request)
                #expect(try master.line() == answer, "\(request)")
            }
            #expect(master.finish() == (0, ""))
        }
    }

    @Test(arguments: Carrier.allCases)
    func `pymodbus writes with every function`(carrier: Carrier) throws {
        let requests = [
            "1 coil 1 1", "1 coil 0 0", "1 coils= 8 1 1 1 0", "1 register 5 500", "1 registers= 6 600 601",
            "1 FLOAT32= 54 -1.5", "1 UINT64= 50 1",
        ]
        try withSlaves(carrier) { place, bank in
            let master = try Peers.pymodbus("pymodbus_master", [carrier.rawValue, place])
            for request in requests {
                master.write(request)
                #expect(try master.line() == "written", "\(request)")
            }
            for request in ["1 coil 64 1", "1 register 63 1", "1 registers= 62 1 2"] {
                master.write(request)
                #expect(try master.line() == "exception 2", "\(request)")
            }
            #expect(master.finish() == (0, ""))
            #expect(bank.read(.coils, address: 0, count: 12) == .values([0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 1, 0]))
            #expect(bank.read(.holdingRegisters, address: 5, count: 3) == .values([500, 600, 601]))
            #expect(bank.read(.holdingRegisters, address: 54, count: 2) == .values([0xBFC0, 0]))
            #expect(bank.read(.holdingRegisters, address: 50, count: 4) == .values([0, 0, 0, 1]))
        }
    }

    struct PollRow: Sendable {
        var options: String
        var values: [String]
    }

    static let polls = [
        PollRow(options: "-t 0 -r 0 -c 4", values: ["1", "0", "0", "1"]),
        PollRow(options: "-t 1 -r 1 -c 3", values: ["1", "0", "1"]),
        PollRow(options: "-t 3 -r 0 -c 2", values: ["8192", "8193"]),
        PollRow(options: "-t 4 -r 0 -c 2", values: ["4096", "4097"]),
        PollRow(options: "-t 4:hex -r 41 -c 1", values: ["0xFFFF"]),
        PollRow(options: "-t 4:int -B -r 42 -c 1", values: ["-70000"]),
        PollRow(options: "-t 4:float -B -r 54 -c 1", values: ["77.51"]),
    ]

    /// `-0`: addresses as they are on the wire; `-1`: once; `-B`: the high word first.
    func mbpoll(_ carrier: Carrier, _ place: String, _ options: String, _ values: String = "") throws
        -> (code: Int32, rest: String)
    {
        let transport =
            switch carrier {
            case .tcp: "-m tcp -p \(place)"
            case .rtu: "-m rtu -b 19200 -P none -s 2"
            }
        let device =
            switch carrier {
            case .tcp: "127.0.0.1"
            case .rtu: place
            }
        let words = "\(transport) -a 1 -0 -1 -q \(options) \(device) \(values)".split(separator: " ").map(String.init)
        return try Peers.program("mbpoll", words).finish()
    }

    @Test(arguments: Carrier.allCases)
    func `mbpoll reads every table`(carrier: Carrier) throws {
        try withSlaves(carrier) { place, _ in
            for row in Self.polls {
                let (code, output) = try mbpoll(carrier, place, row.options)
                let values = output.split(separator: "\n").filter { $0.hasPrefix("[") }
                    .compactMap { $0.split(separator: "\t").last.map(String.init) }
                #expect(code == 0 && values == row.values, "\(row.options): \(output)")
            }
            let (code, output) = try mbpoll(carrier, place, "-t 3 -r 39 -c 2")
            #expect(code == 1 && output.contains("Illegal data address"), "\(output)")
        }
    }

    @Test(arguments: Carrier.allCases)
    func `mbpoll writes with every function`(carrier: Carrier) throws {
        try withSlaves(carrier) { place, bank in
            let writes = [
                ("-t 0 -r 1", "1"), ("-t 0 -r 8", "1 1 0"), ("-t 4 -r 5", "500"), ("-t 4 -r 6", "600 601"),
                ("-t 4:float -B -r 54", "1.5"),
            ]
            for (options, values) in writes {
                let (code, output) = try mbpoll(carrier, place, options, values)
                #expect(code == 0 && output.contains("Written"), "\(options) \(values): \(output)")
            }
            #expect(bank.read(.coils, address: 0, count: 11) == .values([1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0]))
            #expect(bank.read(.holdingRegisters, address: 5, count: 3) == .values([500, 600, 601]))
            #expect(bank.read(.holdingRegisters, address: 54, count: 2) == .values([0x3FC0, 0]))
            let (code, output) = try mbpoll(carrier, place, "-t 4 -r 62", "1 2")
            #expect(code == 1 && output.contains("Illegal data address"), "\(output)")
        }
    }
}
