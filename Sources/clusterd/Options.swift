import ArgumentParser
import ClusterAPI
import ClusterStore
import FoundationEssentials
import Vocabulary

struct StoreOptions: ParsableArguments {
    @Option(help: "The folder that holds the store. Other commands may work on it while `serve` runs.")
    var store = "/var/lib/clusterd"

    func open() throws -> ClusterStore { try ClusterStore(directory: store) }

    /// For the server: makes the folder, readable by its group only, if it is missing.
    func openOrCreate() throws -> ClusterStore {
        try FileManager.default.createDirectory(
            atPath: store, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        return try open()
    }
}

struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON, one line.")
    var json = false

    /// Prints the value for a program or for a person.
    func show(_ value: some Encodable, text: String) throws {
        guard json else { return print(text, terminator: "") }
        print(String(decoding: try CanonicalJSON.encode(value), as: UTF8.self))
    }
}

extension StationID: ExpressibleByArgument {
    public init?(argument: String) { self.init(rawValue: argument) }
}

/// `host:port`, with IPv6 addresses in brackets.
struct ListenAddress: ExpressibleByArgument, CustomStringConvertible {
    var host: String
    var port: Int

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.host = String(host)
        self.port = Int(port)
    }

    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    var defaultValueDescription: String { description }
}

/// A command could not do what it was asked: what was tried, on what, and what came back.
struct CommandError: Error, CustomStringConvertible {
    var message: String
    var description: String { message }
}
