import ArgumentParser
import Hardware
import StationConfig
import Vocabulary

/// A bus, and what the configuration knows of it.
struct BusTarget {
    var settings: BusSettings
    var devices: [DeviceSettings] = []
    /// Of the daemon that uses the bus, as far as it is known.
    var operatorSocket: String?

    /// - Parameter text: a unit id from 1 to 247, or the name of a device of the bus.
    func unit(_ text: String) throws -> UInt8 {
        if let device = devices.first(where: { $0.id.rawValue == text }) { return device.unit }
        if let unit = UInt8(text), BusScan.units.contains(unit) { return unit }
        let names = devices.isEmpty ? "" : ", and none of the bus's devices: \(list(devices.map(\.id.rawValue)))"
        throw ValidationError("\"\(text)\" is no unit id from 1 to 247\(names).")
    }

    /// `unit 1 (scale)`.
    func label(_ unit: UInt8) -> String {
        let names = devices.filter { $0.unit == unit }.map(\.id.rawValue)
        return names.isEmpty ? "unit \(unit)" : "unit \(unit) (\(list(names)))"
    }

    var place: String { placeText(settings.transport) }

    /// Opens the bus.
    /// - Throws: the exit code, after the reason has been written.
    func open() throws -> BusConsole {
        let console = BusConsole(settings)
        do {
            try console.open()
        } catch {
            writeComplaint(portSentence(error, on: settings))
            throw Ending.unreachable
        }
        return console
    }

    /// Whether a daemon answers on the configuration's operator socket: then it uses the bus as well.
    func isDaemonAlive() async -> Bool {
        guard let operatorSocket else { return false }
        do {
            _ = try await OperatorClient(socketPath: operatorSocket).answer(to: .status)
            return true
        } catch {
            // A refusal is an answer too.
            switch error {
            case .refused: return true
            case .unreachable: return false
            }
        }
    }
}
