import FoundationEssentials
import Vocabulary

/// Holds the accounts of one run against each other: where the items physically are, what the station's ledger says,
/// and what the cluster counted if the station has one.
public struct Reconciliation: Sendable {
    /// A row as `stationctl totals --json` and `clusterd totals --json` print it.
    public struct Sum: Codable, Hashable, Sendable {
        public var stream: Vocabulary.Stream?
        public var outcome: Outcome
        public var units: Int64
        public var massMilligrams: Int64
    }

    /// What is shown on one line.
    struct Heading: Hashable {
        var outcome: Outcome
        var stream: Vocabulary.Stream?

        static let all =
            [Stream.reuse, .recycling].map { Heading(outcome: .committed, stream: $0) }
            + [.returned, .reversed, .unconfirmed].map { Heading(outcome: $0, stream: nil) }

        func covers(_ sum: Sum) -> Bool {
            sum.outcome == outcome && (outcome != .committed || sum.stream == stream)
        }

        var text: String { stream.map { "\(outcome.rawValue), \($0.rawValue)" } ?? outcome.rawValue }
    }

    public let truth: Truth
    public let ledger: [Sum]
    public let cluster: [Sum]?

    public init(truth: Data, ledger: Data, cluster: Data?) throws {
        let decoder = JSONDecoder()
        self.truth = try decoder.decode(Truth.self, from: truth)
        self.ledger = try decoder.decode([Sum].self, from: ledger)
        self.cluster = try cluster.map { try decoder.decode([Sum].self, from: $0) }
    }

    /// Everything that does not agree, one sentence each; empty if all does.
    public var disagreements: [String] {
        var sentences: [String] = []
        for heading in Heading.all {
            guard let cluster else { break }
            let (ours, theirs) = (total(heading, in: ledger), total(heading, in: cluster))
            if ours != theirs {
                sentences.append(
                    "\(heading.text): the ledger has \(ours.units) units and \(ours.massMilligrams) mg, the cluster "
                        + "\(theirs.units) units and \(theirs.massMilligrams) mg.")
            }
        }
        let committed = units(of: .committed)
        let unconfirmed = units(of: .unconfirmed)
        let inBins = Int64(itemsInBins)
        if inBins < committed || inBins > committed + unconfirmed {
            sentences.append(
                "\(inBins) items lie in the bins, but the ledger has \(committed) committed and \(unconfirmed) "
                    + "unconfirmed.")
        }
        let waiting = truth.items.count { $0.end == "waiting" || $0.end == "onBelt" || $0.end == "falling" }
        if waiting > 0 { sentences.append("\(waiting) of \(truth.items.count) items have not come to an end.") }
        return sentences
    }

    public var itemsInBins: Int { truth.items.count { $0.end.hasPrefix("bin:") } }

    private func units(of outcome: Outcome) -> Int64 {
        ledger.filter { $0.outcome == outcome }.reduce(0) { $0 + $1.units }
    }

    private func total(_ heading: Heading, in sums: [Sum]) -> Total {
        total(of: sums.filter { sum in heading.covers(sum) })
    }

    private func total(of sums: [Sum]) -> Total {
        sums.reduce(into: Total()) { total, sum in
            total.units += sum.units
            total.massMilligrams += sum.massMilligrams
        }
    }

    private struct Total: Hashable {
        var units: Int64 = 0
        var massMilligrams: Int64 = 0
    }
}

extension Reconciliation {
    /// One table for a person.
    public var table: String {
        var lines = ["ITEMS SENT (simulator)", "  \(truth.items.count) items, \(Self.grams(sentMilligrams)) g"]
        for (end, count) in ends { lines.append("  \(Self.padded(end, 20))\(Self.right("\(count)", 6))") }
        lines.append("")
        lines.append("                         LEDGER" + (cluster == nil ? "" : "                 CLUSTER"))
        lines.append("                          units           g" + (cluster == nil ? "" : "      units           g"))
        for heading in Heading.all {
            lines.append(
                Self.row(heading.text, total(heading, in: ledger), cluster.map { total(heading, in: $0) }))
        }
        lines.append(Self.row("all", total(of: ledger), cluster.map(total)))
        return lines.joined(separator: "\n")
    }

    private var sentMilligrams: Int64 { truth.items.reduce(0) { $0 + $1.massMilligrams } }

    private var ends: [(String, Int)] {
        Dictionary(grouping: truth.items, by: \.end).map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 }
    }

    private static func row(_ heading: String, _ ours: Total, _ theirs: Total?) -> String {
        let row = "  " + padded(heading, 20) + right("\(ours.units)", 9) + right(grams(ours.massMilligrams), 12)
        guard let theirs else { return row }
        return row + right("\(theirs.units)", 11) + right(grams(theirs.massMilligrams), 12)
            + (ours == theirs ? "  agree" : "  DIFFER")
    }

    private static func grams(_ milligrams: Int64) -> String {
        let rest = "\(milligrams % 1000)"
        return "\(milligrams / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
