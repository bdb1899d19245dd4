import ArgumentParser
import SimulatedStation

/// Prints the items of a crowd as a scenario file.
struct ItemsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "items", abstract: "Draws items from the catalogue and prints them as a scenario.")

    @OptionGroup var source: ScenarioSource

    @Option(help: "How many items.")
    var random: Int

    func run() throws {
        let scenario = try source.randomScenario(count: random)
        print(ItemWriter.yaml(scenario), terminator: "")
    }
}
