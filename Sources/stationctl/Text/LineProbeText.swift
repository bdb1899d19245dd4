import Hardware

/// The lines in `stationctl config check --probe --json`.
struct LinesSummary: Codable, Hashable {
    struct Line: Codable, Hashable {
        var line: String
        /// `input` or `output`.
        var direction: String
        /// Nil if the line is not on the chip.
        var offset: UInt32?
        /// As the board's description calls it; empty if it has no name.
        var name: String
        var isWell: Bool
        /// How it is, or what is wrong, in words.
        var finding: String
        /// What to do; nil where nothing is.
        var advice: String?
    }
    /// The chip's or the socket's path.
    var place: String
    var isWell: Bool
    /// What there is to say of all of them; nil if each line says it.
    var remark: String?
    var lines: [Line]

    init(_ report: LineProbe.Report) {
        isWell = report.isWell
        switch report {
        case .simulated(let socket):
            place = socket
            remark = "The lines are the simulator's, on a socket: there is no chip to look at."
            lines = []
        case .cannotBeOpened(let chip, let error):
            place = chip
            remark = "\(error)"
            lines = []
        case .looked(let chip, let reports):
            place = chip
            lines = reports.map { line in
                Line(
                    line: line.line, direction: line.isInput ? "input" : "output", offset: line.offset,
                    name: line.name, isWell: line.isWell, finding: findingText(line.finding),
                    advice: advice(line, on: chip))
            }
        }
    }
}

/// The same for people.
func linesText(_ summary: LinesSummary) -> String {
    var parts = ["lines: \(summary.place)"]
    if !summary.lines.isEmpty {
        var table = Table([
            ("  OFFSET", .right), ("LINE", .left), ("NAME", .left), ("RESULT", .left), ("HOW IT IS", .left),
        ])
        table.rows = summary.lines.map { line in
            [
                line.offset.map { "\($0)" } ?? "-", line.line, line.name.isEmpty ? "-" : line.name,
                line.isWell ? "ok" : "PROBLEM", line.finding,
            ]
        }
        parts.append(table.render())
    }
    if let remark = summary.remark { parts.append("  \(remark)") }
    for line in summary.lines {
        if let advice = line.advice { parts.append("  \(line.line): \(advice)") }
    }
    return parts.joined(separator: "\n")
}

private func findingText(_ finding: LineProbe.Finding) -> String {
    switch finding {
    case .read(let isActive): isActive ? "active" : "not active"
    case .free: "free"
    case .driven: "free, and driven as an output: not read"
    case .ours: "in use by the daemon"
    case .taken(let user): user.isEmpty ? "in use by somebody without a name" : "in use by \"\(user)\""
    case .failed(let error):
        switch error.code {
        case .notFound: "not there"
        case .noPermission, .busy, .disconnected, .timeout, .invalidAnswer, .refused, .systemError: "not read"
        }
    }
}

private func advice(_ line: LineProbe.LineReport, on chip: String) -> String? {
    switch line.finding {
    case .read, .free, .driven, .ours: nil
    case .taken(let user):
        "Line \(line.offset ?? 0) of \(chip) belongs to \(user.isEmpty ? "another user" : "\"\(user)\""), "
            + "so the daemon cannot have it. Stop that program, or the kernel's driver, or correct the line."
    case .failed(let error): "\(error)"
    }
}
