import ArgumentParser
import Vocabulary

/// The simulator of a return station.
@main
struct StationSim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station-sim",
        abstract: "Simulates the hardware of return station RS-1 and the people in front of it.",
        version: SoftwareVersion.text,
        subcommands: [
            ServeCommand.self, LinesCommand.self, ItemsCommand.self, ReconcileCommand.self, ExploreCommand.self,
            CrashesCommand.self, PlantedCommand.self, ProxyCommand.self, SpectraCommand.self,
        ])
}
