import ArgumentParser
import ClusterStore
import Vocabulary

struct Stations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Who may report.", subcommands: [List.self, Approve.self, Refuse.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Every station that ever introduced itself.")
        @OptionGroup var storeOptions: StoreOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let stations = try await storeOptions.open().stations()
            let text = stations.isEmpty ? "No station has introduced itself yet.\n" : stations.map(\.text).joined()
            try output.show(stations, text: text)
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a station report.",
            discussion: "Compare the fingerprint with what `stationctl status` shows on the station itself.")
        @OptionGroup var storeOptions: StoreOptions
        @Argument var station: StationID
        @Option(help: "The fingerprint that the station itself shows.")
        var fingerprint: String

        func run() async throws {
            try await storeOptions.open().approve(station, fingerprint: fingerprint)
            print("Station \(station) is approved.")
        }
    }

    struct Refuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop a station from reporting with the key it has; what it reported stays counted.")
        @OptionGroup var storeOptions: StoreOptions
        @Argument var station: StationID

        func run() async throws {
            try await storeOptions.open().refuse(station)
            print("The key of station \(station) is refused.")
        }
    }
}
