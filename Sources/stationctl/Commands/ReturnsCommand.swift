import ArgumentParser
import Ledger
import OperatorAPI
import Vocabulary

struct ReturnsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "returns", abstract: "List the last items, newest first, or explain one.",
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the last items, newest first.")

        @OptionGroup var daemon: DaemonOptions

        @Option(help: "How many at most, 1 to \(OperatorProtocol.returnsLimit).")
        var limit = OperatorCall.defaultReturnsLimit

        func validate() throws {
            guard (1...OperatorProtocol.returnsLimit).contains(limit) else {
                throw ValidationError("--limit \(limit) is not between 1 and \(OperatorProtocol.returnsLimit).")
            }
        }

        func run() async throws {
            _ = try await daemon.show(.returns(limit: limit), as: returnsText)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Explain the decision on one item: what each piece of evidence did, and its spectrum.",
            discussion: """
                The stored evidence is weighed again with the catalogue and the model that are in use now, so a \
                decision that was made with others may come out otherwise. The daemon is asked; with --directory \
                the ledger's file is read instead, and the files of --config are used. Exit code 66 if the entry or \
                the ledger cannot be read, 78 if a file with rules is not valid.
                """)

        @Argument(help: "The item's sequence number, as `stationctl returns` lists it.")
        var sequence: Int64

        @OptionGroup var daemon: DaemonOptions

        @Option(help: "Without the daemon: the station's stateDirectory.")
        var directory: String?

        @Option(help: "Without the daemon: the station's configuration; its catalogue and model are used.")
        var config = LedgerCommand.Reclassify.usualConfiguration

        func validate() throws {
            guard sequence > 0 else { throw ValidationError("\(sequence) is no sequence number: they begin with 1.") }
        }

        func run() async throws {
            guard let directory else {
                _ = try await daemon.show(.explain(sequence: sequence), as: explanationText)
                return
            }
            do {
                try daemon.tell(try explanation(in: directory), as: explanationText)
            } catch let error as RulesError {
                writeComplaint(error.message)
                throw Ending.badConfiguration
            } catch let refusal as ExplanationRefusal {
                writeComplaint(refusal.sentence)
                throw Ending.noInput
            } catch let error as LedgerError {
                writeComplaint(error.message)
                throw Ending.noInput
            }
        }

        private func explanation(in directory: String) throws -> ReturnExplanation {
            let rules = try Rules(configuration: config, catalogue: nil, model: nil)
            var found: StoredDecision?
            try LedgerReplay(directory: directory, from: sequence, to: sequence).run { found = $0 }
            return try ReturnExplanation(of: sequence, found, by: rules.classifier)
        }
    }
}
