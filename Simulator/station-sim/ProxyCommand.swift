import ArgumentParser
import CLinux
import Glibc
import Logging
import SimulatedBus
import SimulatedStation

/// A bad network between a station and its cluster.
struct ProxyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Passes HTTP between a station and its cluster on, with the faults of a bad network.",
        discussion: """
            Refuses connections, loses, repeats, cuts and delays. Serves until SIGTERM, then prints how often each \
            thing happened. One seed draws one sequence of faults.
            """)

    @Option(help: "TCP port for the station on 127.0.0.1; 0 takes any.")
    var port = 0

    @Option(help: "The cluster's TCP port on 127.0.0.1. The cluster may come and go.")
    var clusterPort: Int

    @Option(help: "Seed of the faults.")
    var seed: UInt64 = 1

    @Option(help: "So many of a thousand exchanges have a fault; 0 passes everything on.")
    var faultsPermille = 500

    @Option(help: "Writes everything that happens to this file, one JSON object a line, with the machine's clock.")
    var jsonEvents: String?

    func validate() throws {
        for (name, value, range) in [
            ("port", port, 0...65_535), ("cluster-port", clusterPort, 1...65_535),
            ("faults-permille", faultsPermille, 0...1000),
        ] where !range.contains(value) {
            throw ValidationError("--\(name) \(value) is not within \(range.lowerBound) to \(range.upperBound)")
        }
    }

    func run() throws {
        // Before the proxy's thread starts.
        let wake = WakeSignal()
        let events = try jsonEvents.map { try LineFile(path: $0) }
        let proxy = try FaultyProxy(
            port: port, clusterPort: clusterPort,
            plan: ProxyPlan(faultsPermille: faultsPermille, random: SeededRandom(seed: seed, stream: 8)),
            logger: Logger(label: "station-sim", factory: { StreamLogHandler.standardError(label: $0) })
        ) { event in
            events?.write(event.jsonLine(atNanoseconds: linux_monotonic_nanoseconds()))
        }
        proxy.start()
        let report = LineFile(descriptor: STDOUT_FILENO)
        report.write("proxy 127.0.0.1:\(proxy.port)")
        while wake.wait(atMost: .seconds(3600)) != .stop {}
        proxy.stop()
        let count = proxy.count
        for kind in ProxyEvent.Kind.all { report.write("\(kind.name) \(count[kind, default: 0])") }
    }
}
