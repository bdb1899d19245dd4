import ArgumentParser
import CBenchModbus
import CLinux
import FoundationEssentials
import Glibc
import SimulatedBus
import Vocabulary

/// One run of a master against `modbus-slave`; prints one JSON object.
struct ModbusMaster: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "modbus-master",
        abstract: "Runs one Modbus master against modbus-slave and prints what it took.")

    enum Kind: String, CaseIterable, ExpressibleByArgument {
        /// A loop in C around libmodbus.
        case plainC = "c"
        /// The same with a precise sleep to the end of the interval and 20 microseconds more.
        case pacedC = "c-paced"
        /// Ours.
        case ours
    }

    enum Work: String, CaseIterable, ExpressibleByArgument {
        /// Reads as fast as it goes over TCP.
        case tcp
        /// Reads as fast as the serial line goes.
        case rtu
        /// Reads every unit once in each period over TCP.
        case periodic
    }

    @Option(help: "Which master: \(Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var by: Kind

    @Option(help: "What it does: \(Work.allCases.map(\.rawValue).joined(separator: ", ")).")
    var work: Work

    @Option(help: "The slave's TCP port.")
    var port = 0

    @Option(help: "The serial port.")
    var path = ""

    @Option(help: "Bits per second of the serial port.")
    var baud = 19200

    @Option(help: "Registers read at once.")
    var registers = 10

    @Option(help: "Exchanges, or periods.")
    var count = 100

    @Option(help: "Units that are read in each period.")
    var units = 10

    @Option(help: "Milliseconds of a period.")
    var period: Int64 = 1000

    func run() throws {
        switch work {
        case .tcp: try report(tcp())
        case .rtu: try report(rtu())
        case .periodic: try report(periodic())
        }
    }

    private func tcp() throws -> MasterRun {
        if by == .ours { return try OurMaster(registers: registers).tcp(port: port, count: count) }
        var durations = [Int64](repeating: 0, count: count)
        var run = bench_modbus_run()
        try check(bench_modbus_tcp(Int32(port), Int32(registers), Int32(count), &durations, &run))
        return MasterRun(run, durations: durations)
    }

    /// What a thread that waits to the microsecond still needs so as never to be early.
    private static let margin = Duration.microseconds(20)

    private func rtu() throws -> MasterRun {
        let pace = SerialPace(baud: baud, characterBits: ModbusSlave.characterBits)
        let pause: Duration
        switch by {
        case .plainC: pause = .zero
        case .pacedC: pause = pace.interval + Self.margin
        case .ours: return try OurMaster(registers: registers).rtu(path: path, baud: baud, count: count)
        }
        var run = bench_modbus_run()
        try check(bench_modbus_rtu(path, Int32(baud), Int32(registers), Int32(count), pause.inNanoseconds, &run))
        return MasterRun(run)
    }

    private func periodic() throws -> MasterRun {
        if by == .ours {
            return try OurMaster(registers: registers)
                .periodic(port: port, units: units, period: .milliseconds(period), count: count)
        }
        var run = bench_modbus_run()
        try check(
            bench_modbus_periodic(
                Int32(port), Int32(units), Int32(registers), period * 1_000_000, Int32(count), &run))
        return MasterRun(run)
    }

    private func check(_ result: Int32) throws {
        guard result == 0 else {
            throw ValidationError("libmodbus opens neither port nor connection: \(String(cString: strerror(errno))).")
        }
    }

    private func report(_ run: MasterRun) throws {
        print(String(decoding: try JSONEncoder().encode(run), as: UTF8.self))
    }
}

/// What a run of a master took.
struct MasterRun: Encodable {
    var elapsedNanoseconds: Int64 = 0
    var processorNanoseconds: Int64 = 0
    /// Exchanges that brought no answer.
    var failures = 0
    /// Of each exchange, where the master was asked for it.
    var durations: [Int64] = []

    init() {}

    init(_ run: bench_modbus_run, durations: [Int64] = []) {
        elapsedNanoseconds = run.elapsed_nanoseconds
        processorNanoseconds = run.processor_nanoseconds
        failures = Int(run.failures)
        self.durations = durations
    }

    mutating func begin(_ processor: Int64) {
        elapsedNanoseconds = -linux_monotonic_nanoseconds()
        processorNanoseconds = -processor
    }

    mutating func end(_ processor: Int64) {
        elapsedNanoseconds += linux_monotonic_nanoseconds()
        processorNanoseconds += processor
    }
}

/// What reads our output waits for whole lines.
func flushOutput() { fflush(nil) }
