import ArgumentParser
import FoundationEssentials
import Logging
import UnixSignals
import Vocabulary

@main
struct Stationd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stationd",
        abstract: "Drives one return station.",
        discussion: """
            Reads the configuration, opens the ledger and runs until SIGTERM. SIGHUP reads again what may change at \
            run time. Exit codes: 0 stopped in order, 65 the ledger is damaged or not this station's, 74 a file or \
            socket cannot be used, 78 the configuration is wrong.
            """,
        version: SoftwareVersion.text)

    @Option(name: .long, help: "The station's configuration file.")
    var config = "/etc/return-station/station.yaml"

    func run() async throws {
        let gate = LevelGate()
        LoggingSystem.bootstrap { _ in gate.handler() }
        let logger = Logger(label: "stationd")
        do {
            // Before the configuration is read: a signal that comes during the start is served after it, and ends
            // nothing.
            let hangups = await UnixSignalsSequence(trapping: .sighup)
            let files = try StationFiles.read(config)
            gate.level = files.logLevel
            try await Daemon(files: files, gate: gate, hangups: hangups, logger: logger).run()
        } catch let failure as StartFailure {
            for sentence in failure.sentences { logger.critical("\(sentence)") }
            throw ExitCode(failure.exitCode)
        }
    }
}
