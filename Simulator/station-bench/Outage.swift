import ArgumentParser
import ClusterAPI
import FoundationEssentials
import Ledger
import SimulatedStation
import Station
import StationPorts
import StationRuntime
import VirtualStation
import Vocabulary

/// A cluster that cannot be reached for weeks while the station goes on: whole station, ledger on disk and uplink, in
/// virtual time. Prints a row for each day, and fails if memory grew, a count is missing or the backlog stays.
struct Outage: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Weeks without a cluster in virtual time, and the backlog afterwards.")

    @Option(help: "Items put in, one after the other; each makes about two entries.")
    var items = 505_000

    @Option(help: "Days without a cluster; the station stands idle when no item is left.")
    var days = 30

    @Option(help: "Resident memory may grow by so many MB from the third day to the last.")
    var memoryLimit = 8.0

    @OptionGroup var shipped: ShippedFolder
    @OptionGroup var scratch: ScratchFolder

    func run() throws {
        try scratch.with(operate(in:))
    }

    private func operate(in folder: String) throws {
        let setup = try shipped.setup()
        var generator = ItemGenerator(catalogue: setup.catalogue, seed: 1)
        let scenario = Scenario(
            seed: 1, items: generator.items(count: items), attendantComesAfter: .seconds(10))
        var kept: SteppedLedger?
        let station = try VirtualStation(
            settings: setup.intake, world: setup.world(of: scenario),
            classifier: setup.classifier
        ) { sink, clock in
            let ledger = try SteppedLedger(directory: "\(folder)/station", sink: sink, clock: clock)
            kept = ledger
            return ledger
        }
        guard let ledger = kept else { return }
        let uplink = try VirtualUplink(
            ledger: ledger.writer, directory: "\(folder)/station", cluster: "\(folder)/cluster")
        let rows = try passDays(station, ledger, uplink)
        judge(rows)
        try drain(ledger, uplink)
        ledger.writer.stop()
    }

    // MARK: The outage

    private struct Day {
        var entries: Int64
        var appends: Latencies
        var residentMegabytes: Double
    }

    private func passDays(
        _ station: VirtualStation, _ ledger: SteppedLedger, _ uplink: VirtualUplink
    ) throws -> [Day] {
        print("day  entries   append to disk, us                        resident MB  ledger MB  attempts")
        var rows: [Day] = []
        for day in 1...days {
            let end = Instant.zero.advanced(by: .seconds(day * 86_400))
            while uplink.wakesAt < end {
                _ = station.operate(until: uplink.wakesAt)
                try uplink.wakeUp()
            }
            _ = station.operate(until: end)
            let appends = ledger.takeLatencies()
            guard !appends.isEmpty else {
                print("\(day): no item is left")
                continue
            }
            let row = Day(
                entries: ledger.count, appends: Latencies(appends), residentMegabytes: ProcessMemory.residentMegabytes)
            rows.append(row)
            print(
                "\(day)  \(row.entries)  \(row.appends)  \(tenths(row.residentMegabytes))  "
                    + "\(tenths(ledger.megabytes))  \(uplink.attempts)")
            // It takes a while: who waits sees each day.
            flushOutput()
        }
        return rows
    }

    private func judge(_ rows: [Day]) {
        guard rows.count > 3, let last = rows.last else { return }
        let growth = last.residentMegabytes - rows[2].residentMegabytes
        print("append to disk, last day against the second: \(last.appends.ratio(to: rows[1].appends))")
        print("memory from the third day to the last: \(tenths(growth)) MB more, at most \(memoryLimit) may be")
        if growth > memoryLimit { Self.exit(withError: BenchFailure("Memory grew with the backlog.")) }
    }

    // MARK: The backlog

    private func drain(_ ledger: SteppedLedger, _ uplink: VirtualUplink) throws {
        uplink.isReachable = true
        let clock = SystemClock()
        let start = clock.now
        try uplink.wakeUp()
        let seconds = Double(clock.now.nanoseconds - start.nanoseconds) / 1_000_000_000
        let counted = try uplink.counted()
        print(
            "backlog: \(counted.watermark) of \(ledger.count) entries in \(uplink.reports) reports and "
                + "\(tenths(seconds)) s, resident \(tenths(ProcessMemory.residentMegabytes)) MB")
        print(
            "cluster: \(counted.units) units, \(counted.massMilligrams) mg; ledger: \(ledger.units) units, "
                + "\(ledger.massMilligrams) mg")
        guard counted.watermark == ledger.count, counted.units == ledger.units,
            counted.massMilligrams == ledger.massMilligrams
        else { throw BenchFailure("The cluster does not hold what the ledger holds.") }
    }
}

/// This process, as the kernel sees it.
enum ProcessMemory {
    static var residentMegabytes: Double {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = line.split(separator: " ").compactMap({ Double($0) }).first
        else { return 0 }
        return kilobytes / 1024
    }
}
