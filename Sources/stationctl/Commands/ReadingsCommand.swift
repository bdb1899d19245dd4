import ArgumentParser
import OperatorAPI

struct ReadingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readings", abstract: "Show what every device says, how old it is and whether it can be believed.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        _ = try await daemon.show(.readings, as: readingsText)
    }
}
