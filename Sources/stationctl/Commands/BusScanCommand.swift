import ArgumentParser
import Hardware
import Modbus
import OperatorAPI
import StationConfig
import Vocabulary

struct BusScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Find the units that answer; exit code 1 if there is none, or something is odd.")

    @OptionGroup var bus: BusOptions

    @Option(help: "Which unit ids are asked: a number or a range such as 1-32.")
    var units = UnitRange(argument: "1-247")!

    @Flag(help: "Try the usual bit rates and parities of a serial port instead of the one given.")
    var allRates = false

    func validate() throws {
        guard !allRates || bus.tcp == nil else { throw ValidationError("--all-rates is for serial ports.") }
    }

    func run() async throws {
        let target = try bus.target()
        let targets = try allRates ? everyFormat(of: target) : [target]
        let time = targets.map { BusScan.duration(units: units.ids.count, on: $0.settings) }.reduce(Duration.zero, +)
        let seconds = max(1, (time.inMilliseconds + 999) / 1000)
        let formats = allRates ? " with \(targets.count) formats" : ""
        writeComplaint(
            "Asking \(units.words) on \(allRates ? port(target) : target.place)\(formats): about "
                + "\(durationText(seconds: seconds)) at most.")
        if case .tcp = target.settings.transport, await target.isDaemonAlive() {
            writeComplaint("The daemon runs and uses this bus: answers may come later than they would alone.")
        }
        let reports = try targets.map { try scan($0) }
        if bus.json {
            writeResult(String(decoding: try OperatorJSON.encode(reports), as: UTF8.self))
        } else {
            writeResult(scanText(reports, on: target.settings))
        }
        if !reports.contains(where: { !$0.units.isEmpty }) || reports.contains(where: { !$0.isWell }) {
            throw Ending.problemFound
        }
    }

    private func port(_ target: BusTarget) -> String {
        switch target.settings.transport {
        case .rtu(let path, _, _, _): path
        case .tcp(let host, let port): "\(host):\(port)"
        }
    }

    private func everyFormat(of target: BusTarget) throws -> [BusTarget] {
        guard case .rtu(let path, _, _, _) = target.settings.transport else {
            throw ValidationError("--all-rates is for serial ports.")
        }
        return BusProbe.Format.usual.map { format in
            var other = target
            other.settings.transport = .rtu(
                path: path, baud: format.baud, parity: format.parity, stopBits: format.stopBits)
            return other
        }
    }

    private func scan(_ target: BusTarget) throws -> ScanReport {
        let console = try target.open()
        defer { console.close() }
        let line = ProgressLine()
        defer { line.clear() }
        do {
            let found = try BusScan.run(on: console, units: units.ids) { unit, found in
                let names = found.isEmpty ? "none yet" : found.map { "\($0.unit)" }.joined(separator: ", ")
                line.show("\(target.place): asking unit \(unit); found: \(names)")
            }
            return ScanReport(target, asked: units.ids, found: found.map { describe($0, console, target, line) })
        } catch {
            line.clear()
            writeComplaint(portSentence(error, on: target.settings))
            throw Ending.unreachable
        }
    }

    private func describe(
        _ finding: BusScan.Finding, _ console: BusConsole, _ target: BusTarget, _ line: ProgressLine
    ) -> ScanReport.Unit {
        var unit = ScanReport.Unit(
            unit: finding.unit, presence: finding.presence,
            devices: target.devices.filter { $0.unit == finding.unit }.map(\.id.rawValue))
        guard finding.presence == .answers else { return unit }
        line.show("\(target.place): asking unit \(finding.unit) what it is")
        unit.says = (try? console.identity(unit: finding.unit))?.text
        unit.looksLike = UnitSignature.likely(unit: finding.unit, on: console).map(\.rawValue)
        return unit
    }
}

/// Unit ids as the command line has them.
struct UnitRange: ExpressibleByArgument, Equatable {
    let ids: [UInt8]

    init?(argument: String) {
        let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { UInt8($0) }
        guard (1...2).contains(parts.count), let first = parts[0], let last = parts[parts.count - 1], first <= last,
            BusScan.units.contains(first), BusScan.units.contains(last)
        else { return nil }
        ids = Array(first...last)
    }

    var words: String { ids.count == 1 ? "unit \(ids[0])" : "units \(ids[0]) to \(ids[ids.count - 1])" }
    var defaultValueDescription: String { "\(ids[0])-\(ids[ids.count - 1])" }
}
