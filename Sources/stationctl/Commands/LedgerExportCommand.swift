import ArgumentParser
import FoundationEssentials
import Ledger

extension LedgerCommand {
    /// Not an asynchronous command: it blocks for as long as it takes to read the file.
    struct Export: ParsableCommand {
        enum Format: String, CaseIterable, ExpressibleByArgument {
            case jsonl, csv
        }

        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Write out every entry as it is stored; the daemon may run meanwhile.",
            discussion: """
                JSON Lines hold all that is hashed, so that scripts/verify-ledger can verify them; CSV is for people.
                """)

        @OptionGroup var entries: LedgerEntriesOptions

        @Option(help: "jsonl or csv.")
        var format = Format.jsonl

        @Option(help: "The file to write; standard output if there is none.")
        var output: String?

        func run() throws {
            do {
                let export = try LedgerExport(
                    directory: entries.directory, from: entries.from, to: entries.to)
                let file = if let output { try ResultFile.file(output) } else { ResultFile.standardOutput() }
                switch format {
                case .jsonl:
                    try file.write(ExportLinesV1.header(export.header))
                    try export.run(ExportLinesV1.append) { try file.write($0) }
                case .csv:
                    try file.write(LedgerCSV.header)
                    try export.run(LedgerCSV.append) { try file.write($0) }
                }
                try file.finish()
            } catch let error as LedgerError {
                writeComplaint(error.message)
                throw Ending.problemFound
            } catch let error as ResultFileError {
                writeComplaint(error.message)
                throw Ending.problemFound
            }
        }
    }
}
