import ArgumentParser
import FoundationEssentials
import Logging
import SimulatedBus
import SimulatedStation
import Vocabulary

/// Runs the world in real time and serves its buses and lines.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves the simulated station to the daemon until the scenario is over.",
        discussion: "At SIGUSR2 nobody brings anything any more: the scenario is over when what was put in has ended.")

    @OptionGroup var source: ScenarioSource

    @Option(help: "The scenario file.")
    var scenario: String?

    @Option(help: "Instead of a scenario: so many items drawn from the catalogue.")
    var random: Int?

    @Option(help: "Where the link to the RTU bus' pseudo-terminal is made.")
    var rtuLink: String

    @Option(help: "Bits per second of the RTU bus: each byte then takes its time, at the price of a busy processor.")
    var baud: Int?

    @Option(help: "Bits of one character on the RTU bus with start, parity and stop bits, 10 to 12; needs --baud.")
    var characterBits: Int?

    @Option(help: "TCP port of the Modbus TCP bus on 127.0.0.1; 0 takes any.")
    var tcpPort = 1502

    @Option(help: "Where the digital lines are: `socket`, or `kernel` for a chip of gpio-sim, which needs root.")
    var gpio = GPIOKind.socket

    @Option(help: "Where the socket of the digital lines is made.")
    var gpioSocket: String?

    @OptionGroup var noise: NoiseOptions

    @Option(help: "How much faster than real time the world runs, 0.1 to 10.")
    var timeScale = 1.0

    @Option(help: "Spectra statistics, or `synthetic`; without it those of the head's kind beside the catalogue.")
    var spectra: String?

    @Option(help: "Measured scans (CSV) that items replay instead of drawn ones.")
    var measuredSpectra: String?

    @Option(help: "Whose registers the tag reader has, by the driver's name.")
    var tagReader = StationEquipment.TagReaderModel.technotradeVRD485

    @Option(help: "Whose registers the conveyor drive has, by the driver's name.")
    var drive = StationEquipment.DriveModel.deltaMS300

    @Option(help: "The near-infrared head: `spectrometer` on the TCP bus, or `led8` as unit 4 of the RTU bus (RS-1L).")
    var nirHead = HeadOption.spectrometer

    @Option(
        help: """
            Instead of people who bring them: the items lie before the NIR head one after the other, each for so many \
            measurements; for `stationctl calibrate nir`.
            """)
    var bench: Int?

    @Flag(
        name: .customLong("remote-io"),
        help: "Lamps, buzzer and service key hang on a remote I/O, unit 3 of the RTU bus.")
    var hasRemoteIO = false

    @Option(help: "Writes every event of the world and every change of an output to this file, one JSON object a line.")
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
        guard (gpio == .socket) == (gpioSocket != nil) else {
            throw ValidationError("--gpio-socket PATH belongs to --gpio socket, which is the default, and to it alone")
        }
        guard gpio == .kernel || noise.isQuiet else {
            throw ValidationError("--bounces and --overflow-every belong to --gpio kernel")
        }
        guard baud.map({ Self.baudRange.contains($0) }) ?? true else {
            throw ValidationError("--baud \(baud ?? 0) is not within 1200 to 921600")
        }
        guard characterBits.map({ (10...12).contains($0) && baud != nil }) ?? true else {
            throw ValidationError("--character-bits is 10 to 12 and belongs to --baud")
        }
        guard bench.map({ Self.benchRange.contains($0) }) ?? true else {
            throw ValidationError("--bench \(bench ?? 0) is not within 1 to 1000")
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
        settings.equipment.nirHead = nirHead.kind
        settings.equipment.hasRemoteIO = hasRemoteIO
        settings.benchMeasurements = bench
        let server = try WorldServer(
            settings: settings,
            places: .init(rtuLink: rtuLink, rtuPace: rtuPace, tcpPort: tcpPort, lines: linePlace), timeScale: timeScale,
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
            let open = world.whereabouts.prefix(world.itemsToCome).count { if case .ended = $0 { false } else { true } }
            throw SimulatorError("the scenario is not over: \(open) of \(world.itemsToCome) items have not ended")
        }
    }

    /// What the shipped configurations set their ports to: no parity and one stop bit.
    private static let usualCharacterBits = 10
    static let baudRange = 1200...921_600
    static let benchRange = 1...1000

    private var rtuPace: SerialPace? {
        baud.map { SerialPace(baud: $0, characterBits: characterBits ?? Self.usualCharacterBits) }
    }

    private var linePlace: LinePlace {
        gpioSocket.map(LinePlace.socket) ?? .kernel(noise.contactNoise(seed: source.seed))
    }

    private func readScenario(_ library: SpectraLibrary) throws -> Scenario {
        if let random { return try source.randomScenario(count: random) }
        let file = scenario ?? ""
        let reader = ScenarioReader(catalogue: try source.readCatalogue(), spectra: library)
        return try reader.read(text: readText(file), file: file)
    }

    private func readSpectra() throws -> SpectraLibrary {
        let library = try source.readSpectra(spectra, of: nirHead.kind)
        guard let measuredSpectra else { return library }
        return try library.replaying(csv: readText(measuredSpectra), file: measuredSpectra)
    }
}

extension StationEquipment.TagReaderModel: ExpressibleByArgument {}
extension StationEquipment.DriveModel: ExpressibleByArgument {}
