import ArgumentParser
import FoundationEssentials
import Logging
import SimulatedStation
import Vocabulary

/// Runs the world in real time and serves its buses and lines.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves the simulated station to the daemon until the scenario is over.")

    @OptionGroup var source: ScenarioSource

    @Option(help: "The scenario file.")
    var scenario: String?

    @Option(help: "Instead of a scenario: so many items drawn from the catalogue.")
    var random: Int?

    @Option(help: "Where the link to the RTU bus' pseudo-terminal is made.")
    var rtuLink: String

    @Option(help: "TCP port of the Modbus TCP bus on 127.0.0.1; 0 takes any.")
    var tcpPort = 1502

    @Option(help: "Where the socket of the digital lines is made.")
    var gpioSocket: String

    @Option(help: "How much faster than real time the world runs, 0.1 to 10.")
    var timeScale = 1.0

    @Option(help: "Spectra statistics, or `synthetic`; without it models/spectra-statistics.json beside the catalogue.")
    var spectra: String?

    @Option(help: "Measured scans (CSV) that items replay instead of drawn ones.")
    var measuredSpectra: String?

    @Option(help: "Whose registers the tag reader has, by the driver's name.")
    var tagReader = StationEquipment.TagReaderModel.technotradeVRD485

    @Option(help: "Whose registers the conveyor drive has, by the driver's name.")
    var drive = StationEquipment.DriveModel.deltaMS300

    @Flag(
        name: .customLong("remote-io"),
        help: "Lamps, buzzer and service key hang on a remote I/O, unit 3 of the RTU bus.")
    var hasRemoteIO = false

    @Option(help: "Writes every event of the world to this file, one JSON object a line.")
    var jsonEvents: String?

    @Option(help: "Writes where each item really ended to this file.")
    var truth: String?

    @Option(help: "Gives up after so many seconds of real time.")
    var timeLimit: Int?

    @Flag(help: "Keeps the station there after the last item, until SIGTERM or the time limit.")
    var stay = false

    func validate() throws {
        guard (0.1...10).contains(timeScale) else {
            throw ValidationError("--time-scale \(timeScale) is not within 0.1 to 10")
        }
        guard (scenario == nil) != (random == nil) else {
            throw ValidationError("give either --scenario FILE or --random N")
        }
        guard (0...65_535).contains(tcpPort) else {
            throw ValidationError("--tcp-port \(tcpPort) is not within 0 to 65535")
        }
    }

    func run() throws {
        let library = try readSpectra()
        let chosen = try readScenario(library)
        var settings = chosen.worldSettings(spectra: library)
        settings.equipment.tagReader = tagReader
        settings.equipment.drive = drive
        settings.equipment.hasRemoteIO = hasRemoteIO
        let server = try WorldServer(
            settings: settings,
            places: .init(rtuLink: rtuLink, tcpPort: tcpPort, gpioSocket: gpioSocket), timeScale: timeScale,
            report: LifeReport(items: chosen.items, eventsFile: jsonEvents),
            logger: Logger(label: "station-sim", factory: { StreamLogHandler.standardError(label: $0) }))
        let end = try server.run(timeLimit: timeLimit.map { .seconds($0) }, stays: stay)
        let world = server.world
        if let truth {
            try Truth(of: world).json().write(to: URL(filePath: truth))
        }
        switch end {
        case .over: return
        case .timeLimit, .interrupted:
            let open = world.whereabouts.count { if case .ended = $0 { false } else { true } }
            throw SimulatorError("the scenario is not over: \(open) of \(chosen.items.count) items have not ended")
        }
    }

    private func readScenario(_ library: SpectraLibrary) throws -> Scenario {
        if let random { return try source.randomScenario(count: random) }
        let file = scenario ?? ""
        let reader = ScenarioReader(catalogue: try source.readCatalogue(), spectra: library)
        return try reader.read(text: readText(file), file: file)
    }

    private func readSpectra() throws -> SpectraLibrary {
        if spectra == "synthetic" { return .synthetic }
        let beside = URL(filePath: source.catalogue).deletingLastPathComponent()
            .appending(path: "models/spectra-statistics.json").path
        let file = spectra ?? beside
        let library = try SpectraLibrary(json: readData(file), file: file)
        guard let measuredSpectra else { return library }
        return try library.replaying(csv: readText(measuredSpectra), file: measuredSpectra)
    }
}

extension StationEquipment.TagReaderModel: ExpressibleByArgument {}
extension StationEquipment.DriveModel: ExpressibleByArgument {}
