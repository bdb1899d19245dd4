import ArgumentParser

/// Which entries of which ledger a command goes through.
struct LedgerEntriesOptions: ParsableArguments {
    @Option(help: "The station's stateDirectory.")
    var directory = LedgerCommand.usualDirectory

    @Option(help: "The first entry's sequence number.")
    var from: Int64 = 1

    @Option(help: "The last entry's sequence number; by default the last that there is.")
    var to: Int64?

    func validate() throws {
        guard from >= 1, from <= to ?? .max else {
            throw ValidationError("--from must be at least 1, and not more than --to.")
        }
    }
}
