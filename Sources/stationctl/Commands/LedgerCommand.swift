import ArgumentParser
import Ledger
import OperatorAPI

struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Look after the ledger.",
        subcommands: [Verify.self, Export.self, Recount.self, Reclassify.self, Correct.self])

    static let usualDirectory = "/var/lib/return-station"

    /// Not an asynchronous command: verifying blocks for as long as it takes to read the file.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Check every hash, number and total of the ledger; the daemon may run meanwhile.")

        @Option(help: "The station's stateDirectory.")
        var directory = LedgerCommand.usualDirectory

        @Flag(help: "Print the result as JSON.")
        var json = false

        func run() throws {
            do {
                let found = try LedgerVerifier(directory: directory).verify()
                writeResult(
                    json
                        ? String(decoding: try OperatorJSON.encode(VerificationSummary(found)), as: UTF8.self)
                        : verificationText(found, directory: directory))
                if !found.isWhole { throw Ending.problemFound }
            } catch let error as LedgerError {
                writeComplaint(error.message)
                throw Ending.problemFound
            }
        }
    }
}
