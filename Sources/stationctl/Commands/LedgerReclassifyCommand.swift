import ArgumentParser
import Ledger
import OperatorAPI

extension LedgerCommand {
    /// Not an asynchronous command: it blocks for as long as it takes to read the file.
    struct Reclassify: ParsableCommand {
        /// How many changed entries are shown.
        enum Changes: Hashable, ExpressibleByArgument {
            case first(Int)
            case all

            init?(argument: String) {
                if argument == "all" {
                    self = .all
                } else if let number = Int(argument), number >= 0 {
                    self = .first(number)
                } else {
                    return nil
                }
            }

            var limit: Int {
                switch self {
                case .first(let number): number
                case .all: .max
                }
            }
        }

        static let usualConfiguration = "/etc/return-station/station.yaml"
        static let usualChanges = 20

        static let configuration = CommandConfiguration(
            commandName: "reclassify",
            abstract: "Decide all stored items again under other rules and show what would differ; changes nothing.",
            discussion: """
                Exit code 0 if nothing would differ, 1 if something would, 66 if the ledger cannot be read, 78 if a \
                file with rules is not valid. The daemon may run meanwhile.
                """)

        @Option(help: "The catalogue to decide by; by default the configuration's.")
        var catalogue: String?

        @Option(help: "The spectral model to decide by; by default the configuration's.")
        var model: String?

        @Option(help: "The station's configuration: its routes and bins.")
        var config = usualConfiguration

        @OptionGroup var entries: LedgerEntriesOptions

        @Option(help: "How many changed entries to show, or all.")
        var changes = Changes.first(usualChanges)

        @Flag(help: "Print the result as JSON.")
        var json = false

        func run() throws {
            do {
                let rules = try Rules(configuration: config, catalogue: catalogue, model: model)
                let replay = try LedgerReplay(
                    directory: entries.directory, from: entries.from, to: entries.to)
                var found = Reclassification(changesLimit: changes.limit)
                try replay.run { found.add($0, by: rules) }
                writeResult(
                    json
                        ? String(
                            decoding: try OperatorJSON.encode(
                                ReclassificationSummary(found, rules, replay.header)), as: UTF8.self)
                        : reclassificationText(found, rules, replay.header))
                if found.changed > 0 { throw Ending.problemFound }
            } catch let error as RulesError {
                writeComplaint(error.message)
                throw Ending.badConfiguration
            } catch let error as LedgerError {
                writeComplaint(error.message)
                throw Ending.noInput
            }
        }
    }
}
