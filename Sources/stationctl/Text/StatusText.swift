import OperatorAPI
import Vocabulary

/// `stationctl status` for people.
func statusText(_ status: StatusReport) -> String {
    [
        summaryText(status),
        binsText(status.bins),
        devicesText(status.devices),
        inputsText(status.inputs ?? []),
    ].compactMap(\.self).joined(separator: "\n\n")
}

private func summaryText(_ status: StatusReport) -> String {
    let mode = ([status.mode.rawValue] + [list(status.modeCauses)]).filter { $0 != Table.nothing }
    var pairs: [(name: String, value: String)] = [
        ("station", "\(status.station)"),
        ("software", "\(status.softwareVersion), up \(durationText(seconds: status.uptimeSeconds))"),
        ("mode", mode.joined(separator: ": ")),
        ("passage", status.passage),
        ("inputs active", list(status.activeInputs.map(\.rawValue))),
        ("outputs on", list(status.energisedOutputs.map(\.rawValue))),
        ("ledger", "\(status.ledger.lastSequence) entries, \(ledgerRest(status.ledger)) (\(status.ledger.ledger))"),
    ]
    if let readings = readingsText(status.ledger) { pairs.append(("readings", readings)) }
    if let clock = status.clock { pairs.append(("clock", clockText(clock))) }
    pairs.append(("uplink", uplinkText(status.uplink)))
    if let fingerprint = status.uplink.fingerprint { pairs.append(("key", fingerprint)) }
    return pairsText(pairs)
}

private func ledgerRest(_ ledger: LedgerStatus) -> String {
    let waiting = ledger.lastSequence - ledger.acknowledgedSequence
    let words = waiting > 0 ? "\(waiting) not yet acknowledged" : "all acknowledged"
    return ledger.usedBytes.map { "\(words), \(megabytesText(bytes: $0))" } ?? words
}

/// Nil from a daemon that is too old to tell.
private func readingsText(_ ledger: LedgerStatus) -> String? {
    guard ledger.usedBytes != nil else { return nil }
    guard let oldest = ledger.oldestReadings else { return "none kept" }
    return "kept since \(timeText(unixMilliseconds: oldest.unixMilliseconds)) (entry \(oldest.sequence))"
}

private func clockText(_ clock: ClockStatus) -> String {
    let trust = clock.isTrusted ? "synchronised" : "NOT synchronised: times are estimates"
    let waiting = clock.untimedEntries
    let rest =
        switch (waiting, clock.isTrusted) {
        case (0, _): ""
        case (_, true): "; \(waiting) entries are being corrected"
        case (_, false): "; \(waiting) entries will be corrected when it is"
        }
    return "\(timeText(unixMilliseconds: clock.unixMilliseconds)), \(trust)\(rest)"
}

func uplinkText(_ uplink: UplinkStatus) -> String {
    let words =
        switch uplink.state {
        case .off: "off: no cluster is configured"
        case .connecting: "connecting"
        case .upToDate: "up to date"
        case .sending: "sending"
        case .waitingForApproval: "waiting for approval of this station's key by the cluster"
        case .unreachable: "the cluster is unreachable; trying again"
        case .forked: "refused: the cluster holds another history of this ledger; a person must look"
        }
    return uplink.lastError.map { "\(words) (\($0))" } ?? words
}

private func binsText(_ bins: [BinStatus]) -> String {
    var table = Table([("BIN", .left), ("LEVEL", .right), ("STATE", .left)])
    table.rows = bins.map { bin in
        let level = bin.levelPercent.map { "\($0) %" } ?? Table.nothing
        return [bin.bin.rawValue, level, bin.isFull ? "full" : bin.levelPercent == nil ? "unknown" : "free"]
    }
    return table.render()
}

private func devicesText(_ devices: [DeviceStatus]) -> String {
    var table = Table([("DEVICE", .left), ("STATE", .left)])
    table.rows = devices.map { device in
        let failure = device.failure.map { "lost: \(failureText($0))" } ?? "lost"
        return [device.device.rawValue, device.isAlive ? "alive" : failure]
    }
    return table.render()
}

/// Nil if the daemon has no lines, or is too old to tell.
private func inputsText(_ inputs: [InputStatus]) -> String? {
    guard !inputs.isEmpty else { return nil }
    var table = Table([
        ("INPUT", .left), ("EDGES", .right), ("BOUNCES", .right), ("LOST", .right), ("RECOVERED", .right),
    ])
    table.rows = inputs.map { input in
        let counters = input.counters
        return [input.input.rawValue]
            + [counters.edges, counters.bounces, counters.lost, counters.recoveries].map { "\($0)" }
    }
    return table.render()
}

private func failureText(_ failure: ReadingFailure) -> String {
    switch failure {
    case .implausible: "its value is not plausible"
    case .refused: "it refuses the request"
    case .timeout: "it does not answer in time"
    case .badFrame: "its answers are damaged"
    case .notConnected: "its bus is not connected"
    case .unstable: "its value does not settle"
    }
}

/// Words for a line of text.
func list(_ words: [String]) -> String {
    words.isEmpty ? Table.nothing : words.joined(separator: ", ")
}
