import ClusterAPI
import FoundationEssentials

/// In UTC to the second, as RFC 3339.
func timeText(unixSeconds: Int64) -> String {
    Date(timeIntervalSince1970: TimeInterval(unixSeconds)).formatted(.iso8601)
}

extension ForkSummary {
    /// Two lines for a person.
    public var text: String {
        let when = firstRefusedUnixSeconds.map { "first \(timeText(unixSeconds: $0))" } ?? "when is not known"
        return """
            \(station), ledger \(ledger): same up to entry \(point.sharedUpTo), different from entry \
            \(point.differsAt) at the latest
              held up to entry \(watermark); \(refusedReports) refused, \(when)

            """
    }
}

extension LedgerFork {
    /// Rows of the side by side that are printed; what is older stands in the JSON.
    static let rowsLimit = 20

    /// Both branches for a person, and what to do.
    public var text: String {
        ([
            "Station \(station), ledger \(ledger): two histories, the same up to entry \(point.sharedUpTo), different "
                + "from entry \(point.differsAt) at the latest.", "",
        ] + branches + refused.map(\.text) + ["", Self.advice, ""]).joined(separator: "\n")
    }

    private var branches: [String] {
        let left = ["HELD, counted up to entry \(watermark)"] + newest(held.map(\.line))
        let right = ["REFUSED, not counted"] + refused.map(\.line)
        let width = left.map(\.count).max() ?? 0
        return (0..<max(left.count, right.count)).map { row in
            let cell = row < left.count ? left[row] : ""
            let padding = String(repeating: " ", count: width - cell.count)
            return "  \(cell)\(padding)  |\(row < right.count ? " " + right[row] : "")"
        }
    }

    private func newest(_ lines: [String]) -> [String] {
        guard lines.count > Self.rowsLimit else { return lines }
        return lines.prefix(Self.rowsLimit) + ["and \(lines.count - Self.rowsLimit) more, see --json"]
    }

    private static let advice = """
        What to do: find out which machine or copy wrote the refused entries.
          Restored backup: move the station's ledger away. It begins a new one, which counts from then on.
          Cloned card: stop the copy, and empty its stateDirectory, key included. Approve it under a name of its own.
          Neither: refuse the station and have its ledger verified; somebody may have changed it.
        What was refused is never counted by itself. It is kept here, signed, until the store is deleted.
        """
}

extension HeldReport {
    fileprivate var line: String {
        "\(first) to \(last): \(units) units, \(timeText(unixSeconds: receivedUnixSeconds))"
    }
}

extension RefusedReport {
    fileprivate var line: String {
        let units = totals.reduce(0) { $0 + $1.units }
        return "\(first) to \(last): \(units) units, \(receivedUnixSeconds.map(timeText) ?? "when is not known")"
    }

    fileprivate var text: String {
        let rows = totals.map { total in
            "    \(total.outcome.rawValue): \(total.units) units, \(ObjectiveReport.kilograms(total.massMilligrams))"
        }
        return """

            Refused: entries \(first) to \(last), \(reasonText)
              continues \(previousHead)
              ends with \(head)
              signed by \(signedBy.map { "the key \($0)" } ?? "a key that is not held here")
              would count
            \(rows.isEmpty ? "    nothing" : rows.joined(separator: "\n"))
            """
    }

    private var reasonText: String {
        reason == ForkReason.headDiffers.rawValue
            ? "which end with another entry than the one held" : "which continue another entry than the one held"
    }
}
