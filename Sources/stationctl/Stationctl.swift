import ArgumentParser
import Vocabulary

/// The operator's tool. Each command is a file of its own below `Commands`; what they print is made below `Text`.
@main
struct Stationctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stationctl",
        abstract: "Look at a return station and command it.",
        discussion: """
            Exit codes: 0 all is well, 1 a problem was found or a command was refused, 64 wrong usage, \
            66 no ledger to replay or no data to use, 69 the daemon or a bus cannot be reached, 78 the configuration \
            or a model is not valid.
            """,
        version: SoftwareVersion.text,
        subcommands: [
            StatusCommand.self, ReturnsCommand.self, TotalsCommand.self, FaultsCommand.self, ReadingsCommand.self,
            ClearCommand.self, BinCommand.self, BusCommand.self,
            ConfigCommand.self, LedgerCommand.self, KeyCommand.self, ModelCommand.self,
            CalibrateCommand.self,
        ])
}
