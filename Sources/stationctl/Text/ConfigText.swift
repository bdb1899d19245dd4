import Hardware
import StationConfig
import Vocabulary

/// `stationctl config check` for people, when all is well.
func configText(_ report: ConfigCheck.Report) -> String {
    let settings = report.settings
    let lines = settings.hardware.lines
    let intake = settings.intake
    var pairs: [(name: String, value: String)] = [
        ("  station", "\(settings.station)"),
        ("  lines", "\(lines.inputs.count) inputs, \(lines.outputs.count) outputs on \(placeText(lines.backend))"),
    ]
    if !lines.remoteInputs.isEmpty || !lines.remoteOutputs.isEmpty {
        let modules = Set(lines.remoteInputs.values.map(\.device) + lines.remoteOutputs.values.map(\.device)).sorted()
        let counts = "\(lines.remoteInputs.count) inputs, \(lines.remoteOutputs.count) outputs"
        pairs.append(("  remote lines", "\(counts) on \(modules.map(\.rawValue).joined(separator: ", "))"))
    }
    pairs += settings.hardware.buses.map { bus in
        let count = settings.hardware.devices.count { $0.bus == bus.id }
        return ("  bus \(bus.id)", "\(placeText(bus.transport)), \(count) \(count == 1 ? "device" : "devices")")
    }
    pairs += [
        ("  bins", list(intake.bins.map { "\($0.id) (\($0.position.rawValue))" })),
        (
            "  catalogue",
            "\(settings.catalogueFile), version \(report.catalogue.version), "
                + "\(report.catalogue.types.count) packaging types"
        ),
        ("  model", settings.modelFile),
        ("  cluster", settings.cluster?.url ?? "none: counts stay on this machine"),
    ]
    return "\(report.file) is valid.\n" + pairsText(pairs)
}

private func placeText(_ backend: LineSettings.Backend) -> String {
    switch backend {
    case .chip(let path): path
    case .socket(let path): "the simulator's socket \(path)"
    }
}

/// `/dev/ttyUSB0 at 19200 8N1`.
func placeText(_ transport: BusSettings.Transport) -> String {
    switch transport {
    case .rtu(let path, let baud, let parity, let stopBits):
        "\(path) at \(formatText(BusProbe.Format(baud: baud, parity: parity, stopBits: stopBits)))"
    case .tcp(let host, let port): "\(host):\(port)"
    }
}

/// `19200 8N1`.
func formatText(_ format: BusProbe.Format) -> String {
    "\(format.baud) 8\(format.parity.rawValue.prefix(1).uppercased())\(format.stopBits)"
}
