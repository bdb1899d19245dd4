import OperatorAPI

/// `stationctl key` for people.
func keyText(_ report: KeyReport) -> String {
    var pairs: [(name: String, value: String)] = [
        ("fingerprint", report.fingerprint),
        ("public key", report.publicKey),
        ("exchange", exchangeText(report)),
    ]
    if let uplink = report.uplink { pairs.append(("cluster", uplinkText(uplink))) }
    return pairsText(pairs)
}

private func exchangeText(_ report: KeyReport) -> String {
    guard let next = report.nextFingerprint else { return "none under way" }
    let waits = report.exchangeHindrance ?? "the cluster has not answered yet"
    return "under way: \(next) comes next (\(waits))"
}
