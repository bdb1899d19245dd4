import ArgumentParser
import CLinux
import FoundationEssentials
import SimulatedBus
import Synchronization

/// The other end of a Modbus benchmark, in a process of its own: serves until its standard input ends, then prints one
/// JSON object with what it saw of the master.
struct ModbusSlave: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "modbus-slave",
        abstract: "Serves units to the Modbus benchmarks until its input ends, and prints what their master did.")

    @Option(help: "Serves a serial line whose port is linked here; without it a free TCP port, which is printed.")
    var rtuLink: String?

    @Option(help: "Bits per second of the serial line; characters have 11 bits (8N2).")
    var baud = 19200

    @Option(help: "Units 1 to this one are there.")
    var units = 1

    @Option(help: "This unit does not answer.")
    var silentUnit: UInt8?

    /// Start bit, eight data bits, two stop bits: a pseudo-terminal takes no parity twice.
    static let characterBits = 11
    private static let registers = 125

    func validate() throws {
        guard (1...247).contains(units) else { throw ValidationError("--units \(units) is not within 1 to 247") }
        guard (300...4_000_000).contains(baud) else {
            throw ValidationError("--baud \(baud) is not within 300 to 4000000")
        }
    }

    func run() throws {
        let stamped = (1...UInt8(units)).map { unit in
            (unit, StampedUnit(RegisterBank([.holdingRegisters: .init((0..<Self.registers).map(UInt16.init))])))
        }
        let served = stamped.map { unit, bank in (unit, unit == silentUnit ? Silent(bank) : bank as any SlaveUnit) }
        let bus = Dictionary(uniqueKeysWithValues: served)
        var report = Report(readTimes: [:], line: nil)
        if let rtuLink {
            let line = RTUSlaveBus.Line(
                pace: SerialPace(baud: baud, characterBits: Self.characterBits), turnaround: .atOnce)
            let slave = try RTUSlaveBus(linkPath: rtuLink, units: bus, line: line, logger: .silent)
            try slave.start()
            report.awaitEndOfInput(saying: "ready")
            slave.stop()
            report.line = Report.Line(slave.silences)
        } else {
            let slave = try TCPSlaveBus(host: "127.0.0.1", port: 0, units: bus, logger: .silent)
            slave.start()
            report.awaitEndOfInput(saying: "ready \(slave.port)")
            slave.stop()
        }
        for (unit, bank) in stamped { report.readTimes[String(unit)] = bank.readTimes }
        print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
    }

    private struct Report: Encodable {
        struct Line: Encodable {
            var requests: Int
            var violations: Int
            var shortestNanoseconds: Int64
            var medianNanoseconds: Int64
            var spanNanoseconds: Int64
            var silenceNanoseconds: Int64
            var ownDelayNanoseconds: Int64

            init(_ record: SilenceRecord) {
                requests = record.requests
                violations = record.violations
                shortestNanoseconds = record.shortest?.inNanoseconds ?? 0
                medianNanoseconds = record.median?.inNanoseconds ?? 0
                spanNanoseconds = record.span.inNanoseconds
                silenceNanoseconds = record.sum.inNanoseconds
                ownDelayNanoseconds = record.ownDelay.inNanoseconds
            }
        }
        /// When each unit was read, in nanoseconds on the monotonic clock.
        var readTimes: [String: [Int64]]
        var line: Line?

        func awaitEndOfInput(saying line: String) {
            print(line)
            flushOutput()
            while readLine() != nil {}
        }
    }
}

/// Notes when it is read.
private final class StampedUnit: SlaveUnit {
    private let unit: any SlaveUnit
    private let times = Mutex<[Int64]>([])
    /// Later reads are answered and not noted.
    private static let timesLimit = 100_000

    init(_ unit: any SlaveUnit) {
        self.unit = unit
    }

    var readTimes: [Int64] { times.withLock { $0 } }

    func read(_ table: RegisterTable, address: UInt16, count: UInt16) -> SlaveAnswer {
        let now = linux_monotonic_nanoseconds()
        times.withLock { if $0.count < Self.timesLimit { $0.append(now) } }
        return unit.read(table, address: address, count: count)
    }

    func write(_ table: RegisterTable, address: UInt16, values: [UInt16]) -> SlaveAnswer {
        unit.write(table, address: address, values: values)
    }
}
