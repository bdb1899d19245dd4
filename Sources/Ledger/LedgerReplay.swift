import FoundationEssentials
import Vocabulary

/// Hands out the decisions of a ledger with their evidence, also while the daemon writes it. Changes nothing.
package struct LedgerReplay: Sendable {
    private let export: LedgerExport

    /// - Parameters:
    ///   - first: from 1.
    ///   - last: nil, or more than there are: up to the entry that is the last one now.
    package init(directory: String, from first: Int64 = 1, to last: Int64? = nil) throws(LedgerError) {
        export = try LedgerExport(directory: directory, from: first, to: last)
    }

    package var header: ExportHeader { export.header }

    /// Calls `visit` with each decision in the order of the entries, outside of any transaction. Holds the decisions of
    /// one portion: `LedgerLimits.exportPortionBytes` of readings and one entry. Blocks.
    package func run(_ visit: (StoredDecision) throws -> Void) throws(LedgerError) {
        var portion: [(entry: LedgerEntry, readings: Data?)] = []
        var bytes = 0
        do {
            try export.forEachPortion { entry, readings in
                bytes += entry.payload.count + (readings?.count ?? 0)
                portion.append((entry, readings))
                return bytes < LedgerLimits.exportPortionBytes
            } ended: {
                for (entry, readings) in portion {
                    if let decision = try Self.decision(entry, readings) { try visit(decision) }
                }
                portion.removeAll(keepingCapacity: true)
                bytes = 0
            }
        } catch {
            throw LedgerError(error, tried: "Replaying the ledger")
        }
    }

    /// Nil for an entry that decides on no item.
    static func decision(_ entry: LedgerEntry, _ readings: Data?) throws -> StoredDecision? {
        func decision(_ verdict: Verdict, isWithdrawn: Bool = false, _ evidence: Evidence) -> StoredDecision {
            StoredDecision(
                sequence: entry.sequence, wallTime: entry.wallTime, verdict: verdict, isWithdrawn: isWithdrawn,
                evidence: readings.map { _ in evidence })
        }
        switch try entry.record(readings: readings) {
        case .accepted(let accepted):
            return decision(.accept(accepted.acceptance), accepted.evidence)
        case .refused(let refused):
            return decision(.reject(refused.rejection), isWithdrawn: refused.withdrawn, refused.evidence)
        case .started, .ended, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged,
            .hoursCorrected, .corrected:
            return nil
        }
    }
}
