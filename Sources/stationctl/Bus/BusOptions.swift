import ArgumentParser
import Hardware
import StationConfig
import Vocabulary

/// Which bus a command talks on: one of a configuration, or a port or endpoint of its own.
struct BusOptions: ParsableArguments {
    static let timeoutMilliseconds = 10...10_000
    static let usualTimeoutMilliseconds = 200

    @Option(help: ArgumentHelp("A station's configuration that names the bus and its devices.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The bus in the configuration; needed if it has several.", valueName: "id"))
    var bus: String?

    @Option(help: ArgumentHelp("A serial port, such as /dev/ttyUSB0.", valueName: "path"))
    var rtu: String?

    @Option(help: "Bits per second of the serial port.")
    var baud = 9600

    @Option(help: "Parity of the serial port: none, even or odd.")
    var parity = BusSettings.Parity.none

    @Option(help: "Stop bits of the serial port: 1 or 2.")
    var stopBits = 1

    @Option(help: ArgumentHelp("A Modbus TCP endpoint; without a port it is 502.", valueName: "host:port"))
    var tcp: String?

    @Option(
        help: ArgumentHelp(
            "How long a unit may take to answer, in milliseconds; by default the configuration's, or 200.",
            valueName: "milliseconds"))
    var timeout: Int?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard [config, rtu, tcp].count(where: { $0 != nil }) == 1 else {
            throw ValidationError("Name the bus with one of --config FILE, --rtu PATH and --tcp HOST:PORT.")
        }
        guard bus == nil || config != nil else { throw ValidationError("--bus goes with --config only.") }
        guard (1200...921_600).contains(baud) else {
            throw ValidationError("--baud \(baud) is not between 1200 and 921600.")
        }
        guard (1...2).contains(stopBits) else { throw ValidationError("--stop-bits \(stopBits) is neither 1 nor 2.") }
        if let timeout, !Self.timeoutMilliseconds.contains(timeout) {
            throw ValidationError("--timeout \(timeout) is not between 10 and 10000 milliseconds.")
        }
        if let tcp, Self.endpoint(tcp) == nil {
            throw ValidationError("--tcp \(tcp) is no HOST:PORT with a port from 1 to 65535.")
        }
    }

    /// - Parameter name: a device whose bus is meant if `--bus` does not say.
    /// - Throws: an exit code, after the reason has been written, or a `ValidationError`.
    func target(for name: String? = nil) throws -> BusTarget {
        if let config { return try configured(in: config, for: name) }
        let transport: BusSettings.Transport
        if let rtu {
            transport = .rtu(path: rtu, baud: baud, parity: parity, stopBits: stopBits)
        } else if let tcp, let (host, port) = Self.endpoint(tcp) {
            transport = .tcp(host: host, port: port)
        } else {
            throw ValidationError("Name the bus with one of --config FILE, --rtu PATH and --tcp HOST:PORT.")
        }
        return BusTarget(
            settings: BusSettings(
                id: "bus", transport: transport,
                responseTimeout: .milliseconds(timeout ?? Self.usualTimeoutMilliseconds), gap: .zero))
    }

    private func configured(in file: String, for name: String?) throws -> BusTarget {
        let settings: StationSettings
        do {
            settings = try StationConfigReader.read(text: try ConfigCheck.text(of: file), file: file) {
                path throws(UnreadableFile) in try ConfigCheck.text(of: path)
            }
        } catch {
            let unreadable = (error as? UnreadableFile).map { "\(file): the file cannot be read: \($0.reason)" }
            writeComplaint(unreadable ?? "\(error)")
            throw Ending.badConfiguration
        }
        let hardware = settings.hardware
        let known = hardware.buses.map(\.id).joined(separator: ", ")
        let named = bus ?? hardware.devices.first { $0.id.rawValue == name }?.bus
        guard let wanted = named ?? (hardware.buses.count == 1 ? hardware.buses[0].id : nil) else {
            throw ValidationError("\(file) has the buses \(known): name one with --bus.")
        }
        guard var found = hardware.buses.first(where: { $0.id == wanted }) else {
            throw ValidationError("\(file) has no bus \(wanted); it has \(known).")
        }
        if let timeout { found.responseTimeout = .milliseconds(timeout) }
        return BusTarget(
            settings: found, devices: hardware.devices.filter { $0.bus == wanted },
            operatorSocket: settings.operatorSocket)
    }

    static func endpoint(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":") else { return text.isEmpty ? nil : (text, 502) }
        let host = String(text[..<colon])
        guard !host.isEmpty, let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port) else {
            return nil
        }
        return (host, port)
    }
}

extension BusSettings.Parity: ExpressibleByArgument {}
