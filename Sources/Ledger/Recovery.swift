import GRDB
import Vocabulary

/// What is put right before the first new record: acceptances that the last run left without an outcome.
enum Recovery {
    /// Ends every open acceptance as `unconfirmed`, because nobody can know whether its item dropped. Call it in a
    /// transaction. Returns how many there were.
    static func endOpenAcceptances(_ appender: inout EntryAppender, _ stamp: Stamp, _ db: Database) throws -> Int {
        let open = try Projections.openAcceptances(db)
        for sequence in open {
            guard case .accepted(let accepted)? = try EntryTable.entry(sequence, db)?.record() else {
                throw LedgerError(
                    .damaged,
                    "The ledger's table `returns` names entry \(sequence) as an open acceptance, which it is not. "
                        + "Drop the tables `returns` and `totals`: they are rebuilt at the next start.")
            }
            let record = LedgerRecord.ended(
                OutcomeRecord(
                    acceptedSequence: sequence, acceptance: accepted.acceptance, outcome: .unconfirmed,
                    cause: .interrupted))
            _ = try appender.append(record, stamp, db)
        }
        return open.count
    }

    /// Whether the newest entry that says anything of it leaves an item on the belt, or does not know. Asked of the
    /// entries and not of what this start has ended: the process may be killed again before the belt was run back, and
    /// the start after that finds nothing open any more.
    static func mayHaveLeftItem(_ db: Database) throws -> Bool {
        let kinds: [LedgerRecordKind] = [.accepted, .ended, .refused, .stopped]
        let newest = try Int64.fetchOne(
            db,
            sql: "SELECT sequence FROM entry WHERE kind IN (?, ?, ?, ?) ORDER BY sequence DESC LIMIT 1",
            arguments: StatementArguments(kinds.map(\.rawValue)))
        guard let newest, let record = try EntryTable.entry(newest, db)?.record() else { return false }
        switch record {
        case .ended(let ended): return ended.outcome == .unconfirmed
        case .stopped(let stop): return !stop.drained
        case .accepted, .refused, .started, .modeChanged, .faultRaised, .faultCleared, .commanded, .clockChanged,
            .hoursCorrected, .corrected:
            return false
        }
    }
}
