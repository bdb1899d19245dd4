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
}
