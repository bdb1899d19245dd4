import Hardware
import Modbus
import StationConfig
import StationPorts
import Vocabulary

/// Why a bus cannot be used, for a person beside it.
func portSentence(_ error: PortError, on bus: BusSettings) -> String {
    switch (error.code, bus.transport) {
    case (.busy, .rtu(let path, _, _, _)):
        "Another program holds \(path); stop it first with `systemctl stop return-station`."
    case (.noPermission, .rtu(let path, _, _, _)):
        "You may not use \(path): join the group it belongs to (as a rule `sudo usermod -aG dialout $USER`) and log in "
            + "again, or use sudo."
    case (_, .rtu), (_, .tcp): error.message
    }
}

/// Why an exchange brought nothing, and what to look at first.
/// - Parameter query: what was asked, if it was asked by a person.
func failureSentence(
    _ failure: ExchangeFailure, _ label: String, on bus: BusSettings, asked query: RegisterQuery? = nil
)
    -> String
{
    let name = label.prefix(1).uppercased() + label.dropFirst()
    switch failure {
    case .exception(let code):
        return "\(name) refuses: \(ModbusException.name(of: code)) (\(code)).\(refusalAdvice(code, query))"
    case .timeout:
        return "\(name) does not answer within \(bus.responseTimeout.inMilliseconds) ms. \(silenceAdvice(bus))"
    case .badFrame:
        return "Something answers for \(label) with bad frames: two devices with one unit id, a wrong bit rate or "
            + "parity, or noise."
    case .disconnected(let error):
        return portSentence(error, on: bus)
    }
}

func silenceAdvice(_ bus: BusSettings) -> String {
    switch bus.transport {
    case .rtu:
        "Check its supply, its unit id, bit rate and parity, and the wires: A and B are often exchanged."
    case .tcp:
        "Check its unit id: a device with a network port of its own often wants 1 or 255; behind a gateway check the "
            + "device's own wires."
    }
}

private func refusalAdvice(_ code: UInt8, _ query: RegisterQuery?) -> String {
    guard let query else { return "" }
    let other = query.table.counterpart
    // The codes are the device's: of those without advice the name must do.
    if code == ModbusException.illegalAddress {
        return addressAdvice(query)
            + " The values may also be among the \(other.words) (`\(other.rawValue)`), or it gives "
            + "fewer at once."
    }
    if code == ModbusException.illegalFunction {
        return " It has no \(query.table.words): try `\(other.rawValue)`."
    }
    return ""
}

/// Manuals number registers from 40001 (holding) or 30001 (input) on, and what is sent counts from 0.
private func addressAdvice(_ query: RegisterQuery) -> String {
    let first =
        switch query.table {
        case .coils: 1
        case .discreteInputs: 10_001
        case .input: 30_001
        case .holding: 40_001
        }
    guard query.address >= first, query.address < first + 9999, !query.table.holdsBits else {
        return " Addresses count from 0: the first one of a manual that counts from 1, or from \(first), is 0."
    }
    return " Addresses count from 0: if a manual calls it \(query.address), give \(query.address - first)."
}
