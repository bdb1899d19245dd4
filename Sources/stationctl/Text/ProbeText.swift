import Hardware
import Modbus
import OperatorAPI
import StationConfig
import Vocabulary

/// `stationctl config check --probe --json`.
struct ProbeSummary: Codable, Hashable {
    struct Device: Codable, Hashable {
        var device: DeviceID
        var unit: UInt8
        var driver: String
        var isWell: Bool
        /// What it says, or what is wrong, in words.
        var finding: String
        /// What to do; nil where nothing is.
        var advice: String?
    }
    struct Bus: Codable, Hashable {
        var bus: String
        var place: String
        var isWell: Bool
        /// Nil if the bus itself works.
        var advice: String?
        var devices: [Device]
    }
    var file: String
    var isWell: Bool
    var lines: LinesSummary
    var buses: [Bus]

    init(file: String, lines: LineProbe.Report, _ reports: [BusProbe.BusReport]) {
        self.file = file
        isWell = lines.isWell && reports.allSatisfy(\.isWell)
        self.lines = LinesSummary(lines)
        buses = reports.map { report in
            Bus(
                bus: report.bus.id, place: placeText(report.bus.transport), isWell: report.isWell,
                advice: stateAdvice(report),
                devices: report.devices.map { device in
                    Device(
                        device: device.device.id, unit: device.device.unit, driver: driverText(device.device),
                        isWell: device.isWell, finding: findingText(device), advice: deviceAdvice(device, in: report))
                })
        }
    }
}

/// `stationctl config check --probe` for people.
func probeText(_ summary: ProbeSummary) -> String {
    var parts = [linesText(summary.lines)] + summary.buses.map(busText)
    let troubled = summary.buses.flatMap(\.devices).count { !$0.isWell }
    let down = summary.buses.filter { $0.devices.isEmpty && !$0.isWell }.count
    let wrong = summary.lines.lines.count { !$0.isWell }
    if summary.isWell {
        parts.append("Every device answers as it should.")
    } else {
        let devices =
            troubled == 0 ? [] : ["\(troubled) \(troubled == 1 ? "device has a problem" : "devices have problems")"]
        let buses = down == 0 ? [] : ["\(down) \(down == 1 ? "bus" : "buses") cannot be reached"]
        let lines = wrong == 0 ? [] : ["\(wrong) \(wrong == 1 ? "line has a problem" : "lines have problems")"]
        let chip = summary.lines.isWell || wrong > 0 ? [] : ["the lines cannot be reached"]
        parts.append((lines + chip + devices + buses).joined(separator: ", ") + ".")
    }
    return parts.joined(separator: "\n\n")
}

private func busText(_ bus: ProbeSummary.Bus) -> String {
    var lines = ["bus \(bus.bus): \(bus.place)"]
    if !bus.devices.isEmpty {
        var table = Table([
            ("  UNIT", .right), ("DEVICE", .left), ("DRIVER", .left), ("RESULT", .left), ("WHAT IT SAYS", .left),
        ])
        table.rows = bus.devices.map { device in
            ["\(device.unit)", device.device.rawValue, device.driver, device.isWell ? "ok" : "PROBLEM", device.finding]
        }
        lines.append(table.render())
    }
    if let advice = bus.advice { lines.append("  \(advice)") }
    for device in bus.devices {
        if let advice = device.advice { lines.append("  \(device.device): \(advice)") }
    }
    return lines.joined(separator: "\n")
}

private func driverText(_ device: DeviceSettings) -> String {
    switch device.driver {
    case .builtIn(let name): name.rawValue
    case .registerMap(let map): "map of \(map.device)"
    }
}

/// Of the bus itself.
private func stateAdvice(_ report: BusProbe.BusReport) -> String? {
    switch report.state {
    case .works: nil
    case .cannotBeOpened(let error): portSentence(error, on: report.bus)
    case .answersWith(let format, let unit):
        "Nobody answers as configured, but unit \(unit) answers at \(formatText(format)): set the bus or the devices "
            + "so."
    case .nobodyAnswers:
        switch report.bus.transport {
        case .rtu:
            "Nobody answers, with none of the usual bit rates and parities either: check the supply of the devices and "
                + "the wires; A and B are often exchanged."
        case .tcp: "Nobody answers. \(silenceAdvice(report.bus))"
        }
    }
}

private func findingText(_ report: BusProbe.DeviceReport) -> String {
    switch report.finding {
    case .plausible(let samples) where samples.isEmpty: return "it is there"
    case .plausible(let samples), .implausible(let samples, _): return list(samples.map(sampleText))
    case .noAnswer(let failure):
        switch failure {
        case .exception(let code): return "refuses: \(ModbusException.name(of: code)) (\(code))"
        case .timeout: return "no answer"
        case .badFrame: return "bad frames"
        case .disconnected: return "bus lost"
        }
    }
}

private func sampleText(_ sample: PointSample) -> String {
    switch sample.value {
    case .missing: "\(sample.point) not read"
    case .good(let value, at: _):
        "\(sample.point) \(value.text)\(sample.unit.isEmpty ? "" : " \(sample.unit)")"
    case .failed(let failure, at: _): "\(sample.point) \(qualityText(ReadingQuality(failure)))"
    }
}

private func deviceAdvice(_ report: BusProbe.DeviceReport, in bus: BusProbe.BusReport) -> String? {
    let label = "unit \(report.device.unit)"
    switch report.finding {
    case .noAnswer(let failure):
        switch (bus.state, failure) {
        case (.works, .badFrame):
            return bus.devices.contains(where: \.answers)
                ? "Others on the bus are well, this one has bad frames: two devices have unit id "
                    + "\(report.device.unit), or its own wires are bad."
                : failureSentence(failure, label, on: bus.bus)
        case (.works, .exception):
            return "It answers, and has not the registers of its driver \(driverText(report.device)): another "
                + "device, or another unit id."
        case (.works, .timeout), (.works, .disconnected):
            return failureSentence(failure, label, on: bus.bus)
        // What is wrong with the bus is said once.
        case (.cannotBeOpened, _), (.answersWith, _), (.nobodyAnswers, _): return nil
        }
    case .implausible(_, .some(let samples)):
        return "Its values make sense with the words of 32-bit values in the other order "
            + "(\(list(samples.map(sampleText)))): \(orderAdvice(report.device))"
    case .implausible(_, nil):
        return "It answers, but not as \(driverText(report.device)) would: another device, another unit id, or its "
            + "sensor is faulty."
    case .plausible:
        if report.answersTwice { return "It answers more than once: two devices have unit id \(report.device.unit)." }
        if report.isLate { return "It answers too late at times: give it a longer responseTimeout." }
        return nil
    }
}

private func orderAdvice(_ device: DeviceSettings) -> String {
    switch device.driver {
    case .builtIn: "change the word order at the device, high word first."
    case .registerMap: "change `order` in its register map."
    }
}
