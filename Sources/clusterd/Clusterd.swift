import ArgumentParser
import Vocabulary

@main
struct Clusterd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clusterd",
        abstract: "Adds up the reports of many return stations and shows them against the cluster's objectives.",
        version: SoftwareVersion.text,
        subcommands: [Serve.self, Stations.self, Forks.self, Import.self, Totals.self, Objective.self],
        defaultSubcommand: Serve.self)
}
