import ArgumentParser
import OperatorAPI
import Uplink

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "The key that the station signs its reports with.",
        subcommands: [Show.self, Rotate.self], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show the fingerprint and the public key, and what the cluster says.",
            discussion: """
                An operator of the cluster compares the fingerprint before approving the station. While the daemon \
                does not run, --directory reads the key's file itself; nothing is made or changed.
                """)

        @OptionGroup var daemon: DaemonOptions

        @Option(help: "The station's stateDirectory: look there and do not ask the daemon.")
        var directory: String?

        func run() async throws {
            guard let directory else {
                _ = try await daemon.show(.key, as: keyText)
                return
            }
            do {
                try daemon.tell(try keyReport(inDirectory: directory), as: keyText)
            } catch let error as StationKeyError {
                writeComplaint(error.message)
                throw Ending.problemFound
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate",
            abstract: "Have the station make a new key and the cluster exchange it for the present one.",
            discussion: """
                Nobody has to approve it: the present key signs for the new one. It is done when the cluster has \
                answered, at once or when it is back; `stationctl key show` tells. Reports go on meanwhile.
                """)

        @OptionGroup var daemon: DaemonOptions

        func run() async throws {
            let request = KeyExchangeCommand(by: callerName())
            _ = try await daemon.show(.keyExchange, sending: request, as: keyText)
        }
    }
}

/// What the files in the state directory say.
func keyReport(inDirectory directory: String) throws(StationKeyError) -> KeyReport {
    let path = directory + "/" + StationKey.fileName
    guard let key = try StationKey.load(path: path) else {
        throw StationKeyError(
            message: "There is no key \(path): the daemon makes it at its first start with a cluster in its "
                + "configuration, unless it is handed one as a credential.")
    }
    return KeyReport(
        fingerprint: key.fingerprint, publicKey: key.publicKey.base64EncodedString(),
        nextFingerprint: try StationKey.load(path: StationKeyring.nextPath(path))?.fingerprint)
}
