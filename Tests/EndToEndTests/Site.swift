import Foundation
import Synchronization
import TestSupport
import Testing

/// One station in a folder of its own: its configuration, and the programs that a test starts around it.
final class Site: Sendable {
    static let station = "rs-1-sim"
    static let configuration = "station.yaml"
    /// The world runs so many times faster than the daemon. At twice the speed a falling item interrupts the drop beam
    /// for 30 ms, of which a busy machine may lose some.
    static let timeScale = 2
    static let socket = ["--socket", "run/operator.sock", "--json"]

    let folder: String
    let modbusPort: UInt16
    let clusterPort: UInt16
    private let programs = Mutex<[RunningProgram]>([])

    /// - Parameters:
    ///   - reporting: whether the station has a cluster, at `clusterPort`.
    ///   - example: the shipped configuration that the station's is made from.
    init(reporting: Bool, example: String = "rs-1-sim.yaml") throws {
        // Short: a socket's path has little room.
        var template = Array("/tmp/rs-e2e-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Missing("no temporary folder could be made") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        modbusPort = try freePort()
        clusterPort = try freePort()
        try FileManager.default.createDirectory(atPath: "\(folder)/run", withIntermediateDirectories: true)
        let config = Executables.repository.appending(path: "config")
        let shipped = try String(contentsOf: config.appending(path: example), encoding: .utf8)
        try write(shipped, to: Self.configuration)
        try change("catalogue: catalogue.yaml", to: "catalogue: \(config.path)/catalogue.yaml")
        try change("model: models/", to: "model: \(config.path)/models/")
        try change("port: 1502", to: "port: \(modbusPort)")
        try change("guarding: \"1 s\"", to: "guarding: \"200 ms\"")
        try change("period: \"5 s\"", to: "period: \"500 ms\"")
        guard reporting else { return }
        try change(
            "logLevel: info",
            to: "logLevel: info\ncluster: {url: \"http://127.0.0.1:\(clusterPort)\", period: \"1 s\"}")
    }

    func write(_ text: String, to file: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(file)"))
    }

    /// Changes every such place of the configuration; there must be one.
    func change(_ place: String, to replacement: String) throws {
        let path = "\(folder)/\(Self.configuration)"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard text.contains(place) else { throw Missing("\(path) does not say \"\(place)\"") }
        try write(text.replacing(place, with: replacement), to: Self.configuration)
    }

    private func start(
        _ name: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> RunningProgram {
        let program = try RunningProgram(name, arguments, in: folder, environment: environment)
        programs.withLock { $0.append(program) }
        return program
    }

    /// The simulator, when its lines can be reached.
    /// - Parameter equipment: options that put other devices in the places of RS-1's.
    func startSimulator(_ scenario: String, equipment: [String] = []) async throws -> RunningProgram {
        try write(scenario, to: "scenario.yaml")
        let simulator = try start(
            "station-sim",
            [
                "serve", "--scenario", "scenario.yaml", "--catalogue",
                Executables.repository.appending(path: "config/catalogue.yaml").path, "--rtu-link", "run/rs485.pty",
                "--tcp-port", "\(modbusPort)", "--gpio-socket", "run/gpio.sock", "--time-scale", "\(Self.timeScale)",
                "--truth", "truth.json", "--time-limit", "110",
            ] + equipment)
        try await simulator.line(with: "Simulated lines at")
        return simulator
    }

    /// The daemon, when it answers operators.
    func startStation(environment: [String: String] = [:]) async throws -> RunningProgram {
        let station = try launchStation(environment: environment)
        try await station.wrote("operators are answered")
        return station
    }

    /// The daemon, however it fares.
    func launchStation(environment: [String: String] = [:]) throws -> RunningProgram {
        try start("stationd", ["--config", Self.configuration], environment: environment)
    }

    /// The cluster's server, when it listens.
    func startCluster(_ options: [String] = []) async throws -> RunningProgram {
        let cluster = try start(
            "clusterd", ["serve", "--listen", "127.0.0.1:\(clusterPort)", "--store", "store"] + options)
        try await cluster.line(with: "Listening on")
        return cluster
    }

    func stationctl(_ arguments: String...) async throws -> CommandResult {
        try await .of("stationctl", arguments, in: folder)
    }

    /// Asks the daemon.
    func ask<Answer: Decodable>(_ command: String, as type: Answer.Type) async throws -> Answer {
        try await CommandResult.of("stationctl", [command] + Self.socket, in: folder).decoded(as: type)
    }

    /// Asks until the answer fits; the time limit of the test ends it otherwise.
    func status(until fits: (StatusAnswer) -> Bool) async throws -> StatusAnswer {
        while true {
            try Task.checkCancellation()
            let status = try await ask("status", as: StatusAnswer.self)
            if fits(status) { return status }
        }
    }

    func verify() async throws -> VerificationAnswer {
        try await stationctl("ledger", "verify", "--directory", "run/state", "--json")
            .decoded(as: VerificationAnswer.self)
    }

    var truth: TruthAnswer {
        get throws {
            try JSONDecoder().decode(TruthAnswer.self, from: Data(contentsOf: URL(filePath: "\(folder)/truth.json")))
        }
    }

    func clearAway() {
        // The last started first: the simulator goes after the daemon that uses it.
        for program in programs.withLock({ $0 }).reversed() { program.clearAway() }
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// Runs `body` with a site, and leaves nothing behind.
func withSite(
    reporting: Bool = false, example: String = "rs-1-sim.yaml", _ body: (Site) async throws -> Void
) async throws {
    let site = try Site(reporting: reporting, example: example)
    defer { site.clearAway() }
    do {
        try await body(site)
    } catch {
        // The end of the time limit hides what was waited for.
        if Task.isCancelled { Issue.record("\(error)") }
        throw error
    }
}

/// A TCP port of 127.0.0.1 that nobody listens on.
func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    return try bindToLoopback(descriptor, port: 0)
}

/// - Returns: the port that it was bound to.
func bindToLoopback(_ descriptor: Int32, port: UInt16) throws -> UInt16 {
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            guard bind(descriptor, generic, length) == 0 else { return errno }
            return getsockname(descriptor, generic, &length) == 0 ? 0 : errno
        }
    }
    guard result == 0 else { throw Missing("no port on 127.0.0.1: \(String(cString: strerror(result)))") }
    return UInt16(bigEndian: address.sin_port)
}
