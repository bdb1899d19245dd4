import ArgumentParser
import Hardware
import OperatorAPI
import StationConfig

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Work with configuration files.", subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Check a station's configuration and its catalogue.",
            discussion: """
                Needs no hardware and no daemon, unless --probe has every line looked at and every device asked on its \
                bus, reads only; outputs are never touched. Serial ports that the daemon holds are left to it: stop it \
                before probing.
                """)

        @Argument(help: "The station's configuration file.")
        var file: String

        @Flag(help: "Look at every line, ask every device on its bus; exit code 1 if one is not as configured.")
        var probe = false

        @Flag(help: "Print the result as JSON.")
        var json = false

        func run() async throws {
            let check = ConfigCheck(file: file)
            guard probe, let settings = check.report?.settings else { return try tell(check) }
            let summary = ProbeSummary(
                file: file, lines: LineProbe().run(settings.hardware.lines), try await ask(settings))
            if json {
                writeResult(String(decoding: try OperatorJSON.encode(summary), as: UTF8.self))
            } else {
                writeResult("\(file) is valid.\n\n\(probeText(summary))")
            }
            if !summary.isWell { throw Ending.problemFound }
        }

        private func tell(_ check: ConfigCheck) throws {
            if json {
                writeResult(String(decoding: try OperatorJSON.encode(check.summary), as: UTF8.self))
            } else if let report = check.report {
                writeResult(configText(report))
            } else {
                writeComplaint(check.problems.joined(separator: "\n"))
            }
            if !check.problems.isEmpty { throw Ending.badConfiguration }
        }

        private func ask(_ settings: StationSettings) async throws -> [BusProbe.BusReport] {
            let hardware = settings.hardware
            let probe = BusProbe(conveyorSpeedCentihertz: settings.conveyorSpeedCentihertz)
            if await BusTarget(settings: hardware.buses[0], operatorSocket: settings.operatorSocket).isDaemonAlive() {
                writeComplaint("The daemon runs: it holds its serial ports, and answers on TCP may come late.")
            }
            let line = ProgressLine()
            defer { line.clear() }
            return hardware.buses.map { bus in
                probe.run(bus, devices: hardware.devices.filter { $0.bus == bus.id }) { progress in
                    switch progress {
                    case .asking(let device): line.show("bus \(bus.id): asking \(device.id)")
                    case .trying(let format): line.show("bus \(bus.id): nobody answers; trying \(formatText(format))")
                    }
                }
            }
        }
    }
}
