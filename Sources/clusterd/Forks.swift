import ArgumentParser
import ClusterStore
import Vocabulary

struct Forks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ledgers with two histories: what counts, and what was refused.",
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Every forked ledger.")
        @OptionGroup var storeOptions: StoreOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let forks = try await storeOptions.open().forks()
            try output.show(forks, text: forks.isEmpty ? "No ledger is forked.\n" : forks.map(\.text).joined())
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Both branches of a station's forked ledgers side by side, and what to do.")
        @OptionGroup var storeOptions: StoreOptions
        @OptionGroup var output: OutputOptions
        @Argument var station: StationID
        @Option(help: "One ledger, 32 hexadecimal digits; without it, each that is forked.")
        var ledger: String?

        func run() async throws {
            let forks = try await storeOptions.open().forks(of: station).filter {
                ledger == nil || $0.ledger == ledger
            }
            guard !forks.isEmpty else {
                let which = ledger.map { "Ledger \($0) of station \(station)" } ?? "No ledger of station \(station)"
                throw CommandError(
                    message: "\(which) is \(ledger == nil ? "" : "not ")forked. `clusterd forks` lists those that are.")
            }
            try output.show(forks, text: forks.map(\.text).joined(separator: "\n"))
        }
    }
}
