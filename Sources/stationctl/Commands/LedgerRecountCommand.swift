import ArgumentParser
import Ledger

extension LedgerCommand {
    /// Not an asynchronous command: it blocks for as long as it takes to read the file.
    struct Recount: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "recount",
            abstract: "Count all entries again and compare with the stored tables; changes nothing.",
            discussion: "Exit code 1 if they differ. The daemon may run meanwhile.")

        @Option(help: "The station's stateDirectory.")
        var directory = LedgerCommand.usualDirectory

        func run() throws {
            do {
                let found = try LedgerRecounter(directory: directory).recount()
                writeResult(recountText(found, directory: directory))
                if !found.agrees { throw Ending.problemFound }
            } catch let error as LedgerError {
                writeComplaint(error.message)
                throw Ending.problemFound
            }
        }
    }
}
