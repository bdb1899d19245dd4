import Hardware
import StationConfig

/// `stationctl bus scan --json`: one for each format that was tried.
struct ScanReport: Codable, Hashable {
    struct Unit: Codable, Hashable {
        var unit: UInt8
        var presence: BusScan.Presence
        /// Those that the configuration has with this unit id.
        var devices: [String]
        /// What the unit says of itself.
        var says: String?
        /// The drivers whose registers it has.
        var looksLike: [String] = []
    }
    /// The port and its format, or the endpoint.
    var place: String
    var isSerial: Bool
    var units: [Unit]
    var asked: Int
    /// Devices of the configuration that were asked for and did not answer.
    var silentDevices: [String]

    init(_ target: BusTarget, asked: [UInt8], found: [Unit]) {
        place = target.place
        switch target.settings.transport {
        case .rtu: isSerial = true
        case .tcp: isSerial = false
        }
        units = found
        self.asked = asked.count
        silentDevices =
            target.devices
            .filter { device in asked.contains(device.unit) && !found.contains { $0.unit == device.unit } }
            .map { "\($0.id.rawValue) (unit \($0.unit))" }
    }

    var isWell: Bool { units.allSatisfy { $0.presence == .answers } && silentDevices.isEmpty }
}

/// `stationctl bus scan` for people. Of several formats those that brought nothing are not shown.
func scanText(_ reports: [ScanReport], on bus: BusSettings) -> String {
    let found = reports.filter { !$0.units.isEmpty }
    guard !found.isEmpty else {
        let place = reports.count == 1 ? reports[0].place : "any of \(reports.count) formats"
        return "Nobody answers on \(place). \(nobodyAdvice(bus, triedAll: reports.count > 1))"
    }
    return found.map { report in
        ([title(report), table(report)] + advice(report)).joined(separator: "\n")
    }.joined(separator: "\n\n")
}

private func nobodyAdvice(_ bus: BusSettings, triedAll: Bool) -> String {
    switch bus.transport {
    case .rtu:
        "Check the supply of the devices and the wires: A and B are often exchanged."
            + (triedAll ? "" : " Try other bit rates with --all-rates.")
    case .tcp: "Check the unit id, and behind a gateway the devices' own wires."
    }
}

private func title(_ report: ScanReport) -> String {
    "\(report.units.count) of \(report.asked) units asked \(report.units.count == 1 ? "is" : "are") there on "
        + "\(report.place):"
}

private func table(_ report: ScanReport) -> String {
    var table = Table([("UNIT", .right), ("STATE", .left), ("CONFIGURED AS", .left), ("IDENTITY", .left)])
    table.rows = report.units.map { unit in
        var identity = unit.says.map { ["says \"\($0)\""] } ?? []
        if !unit.looksLike.isEmpty { identity.append("looks like \(unit.looksLike.joined(separator: " or "))") }
        return ["\(unit.unit)", stateText(unit.presence), list(unit.devices), list(identity)]
    }
    return table.render()
}

private func stateText(_ presence: BusScan.Presence) -> String {
    switch presence {
    case .answers: "answers"
    case .answersLate: "late"
    case .answersTwice: "answers twice"
    case .badFrames: "bad frames"
    }
}

private func advice(_ report: ScanReport) -> [String] {
    var lines: [String] = []
    for unit in report.units {
        switch unit.presence {
        case .answers: break
        case .answersLate:
            lines.append("Unit \(unit.unit) answers too late: give the bus or the device a longer response timeout.")
        case .answersTwice:
            lines.append("Unit \(unit.unit) answers more than once: two devices have this unit id.")
        case .badFrames:
            lines.append(
                "Something answers for unit \(unit.unit) with bad frames: two devices with one unit id, a wrong bit "
                    + "rate or parity, or noise.")
        }
    }
    if !report.isSerial, report.asked > 1, report.units.count == report.asked {
        lines.append("Every unit id is answered: this is one device that does not look at the unit id.")
    }
    if !report.silentDevices.isEmpty {
        lines.append("Configured, but silent: \(list(report.silentDevices)).")
    }
    return lines.isEmpty ? [] : [""] + lines
}
