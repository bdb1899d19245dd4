import ArgumentParser
import OperatorAPI
import Vocabulary

struct BinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bin", abstract: "Tell the station about its bins.", subcommands: [Emptied.self])

    struct Emptied: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "emptied", abstract: "Say that a bin was emptied or exchanged.")

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "The bin's name, as `stationctl status` shows it.")
        var bin: BinID

        func run() async throws {
            try await daemon.give(.binEmptied(bin: bin))
        }
    }
}

extension BinID: ExpressibleByArgument {}
