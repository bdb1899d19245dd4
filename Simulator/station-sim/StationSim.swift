import ArgumentParser

/// The simulator of a return station.
@main
struct StationSim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station-sim",
        abstract: "Simulates the hardware of return station RS-1 and the people in front of it.",
        subcommands: [ServeCommand.self, ItemsCommand.self, ReconcileCommand.self])
}
