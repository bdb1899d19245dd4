import Ledger

/// `stationctl ledger verify` for people.
func verificationText(_ found: LedgerVerification, directory: String) -> String {
    let verdict = found.isWhole ? "is whole" : "is NOT whole"
    let hidden = found.problemCount - Int64(found.problems.count)
    var problems = found.problems
    if hidden > 0 { problems.append("and \(hidden) more, not shown") }
    let facts = pairsText([
        ("  ledger", found.identity.ledger),
        ("  entries", "\(found.entries)"),
        ("  head", "\(found.head.sequence) \(found.head.hashText)"),
        ("  acknowledged", "\(found.acknowledgedSequence)"),
        ("  acceptances", "\(found.acceptances), \(openText(found.openAcceptances)), \(found.outcomes) outcomes"),
        ("  refusals", "\(found.refusals)"),
        ("  corrections", "\(found.corrections)"),
        ("  readings", found.prunedReadings == 0 ? "all kept" : "\(found.prunedReadings) removed by retention"),
    ])
    let title = "The ledger of station \(found.identity.station) in \(directory) \(verdict)."
    return ([title, facts] + problems).joined(separator: "\n")
}

private func openText(_ open: [Int64]) -> String {
    open.isEmpty ? "none open" : "open: \(list(open.map { "\($0)" }))"
}

/// `stationctl ledger verify --json`.
struct VerificationSummary: Codable, Hashable {
    var ledger: String
    var station: String
    var isWhole: Bool
    var entries: Int64
    var headSequence: Int64
    var head: String
    var acknowledgedSequence: Int64
    var acceptances: Int64
    var openAcceptances: [Int64]
    var outcomes: Int64
    var refusals: Int64
    var corrections: Int64
    var prunedReadings: Int64
    var problemCount: Int64
    var problems: [String]

    init(_ found: LedgerVerification) {
        ledger = found.identity.ledger
        station = found.identity.station
        isWhole = found.isWhole
        entries = found.entries
        headSequence = found.head.sequence
        head = found.head.hashText
        acknowledgedSequence = found.acknowledgedSequence
        acceptances = found.acceptances
        openAcceptances = found.openAcceptances
        outcomes = found.outcomes
        refusals = found.refusals
        corrections = found.corrections
        prunedReadings = found.prunedReadings
        problemCount = found.problemCount
        problems = found.problems
    }
}
