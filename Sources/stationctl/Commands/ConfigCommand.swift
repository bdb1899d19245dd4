import ArgumentParser
import OperatorAPI

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Work with configuration files.", subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Check a station's configuration and its catalogue; needs no hardware and no daemon.")

        @Argument(help: "The station's configuration file.")
        var file: String

        @Flag(help: "Print the result as JSON.")
        var json = false

        func run() throws {
            let check = ConfigCheck(file: file)
            if json {
                writeResult(String(decoding: try OperatorJSON.encode(check.summary), as: UTF8.self))
            } else if let report = check.report {
                writeResult(configText(report))
            } else {
                writeComplaint(check.problems.joined(separator: "\n"))
            }
            if !check.problems.isEmpty { throw Ending.badConfiguration }
        }
    }
}
