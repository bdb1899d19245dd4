import Foundation
import TestSupport
import Testing

/// The Modbus programs of others, as scripts/test installs them (scripts/lib/peers).
enum Peers {
    /// Without them the tests are skipped, but never where everything is to be tested.
    static var isHere: Bool { python != nil || isRequired }

    static let isRequired = ProcessInfo.processInfo.environment["CI"].map { !$0.isEmpty } ?? false

    static let missing = "scripts/test could not install pymodbus, mbpoll and socat"

    private static let python: String? = {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"] ?? ""
        let cache = environment["XDG_CACHE_HOME"] ?? "\(home)/.cache"
        let folder = environment["RETURN_STATION_PEERS"] ?? "\(cache)/return-station/peers"
        let path = "\(folder)/bin/python"
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    /// One of our scripts, run by the Python that has pymodbus.
    static func pymodbus(_ script: String, _ arguments: [String]) throws -> LineProcess {
        guard let python else { throw NotHere() }
        let path = try #require(Bundle.module.path(forResource: "Fixtures/\(script)", ofType: "py"))
        return try LineProcess(python, [path] + arguments)
    }

    /// A program of the system's.
    static func program(_ name: String, _ arguments: [String]) throws -> LineProcess {
        try LineProcess(name, arguments)
    }

    struct NotHere: Error, CustomStringConvertible {
        let description = "\(Peers.missing); where CI is set these tests are not skipped."
    }
}
