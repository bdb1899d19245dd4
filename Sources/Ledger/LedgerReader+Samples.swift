import GRDB
import Vocabulary

extension LedgerReader {
    /// Visits, oldest first, the newest accepted items of listed types, and the first of each type, whose readings are
    /// kept. What was corrected since is left out. Blocks; at most so many at once are in memory as `visit` keeps.
    ///
    /// - Parameters:
    ///   - sequence: earlier items are left out, and this one.
    ///   - typesLimit: of more types, those that were there first.
    package func visitSample(
        after sequence: Int64, firstOfEachType: Int, typesLimit: Int, newest: Int, _ visit: (StoredDecision) -> Void
    ) throws(LedgerError) {
        try readNow { db in
            let kept = max(sequence, try RetentionTable.read(db).prunedSequence)
            let sample = try Int64.fetchAll(
                db,
                sql: """
                    WITH listed AS (
                        SELECT sequence, packaging_type,
                            row_number() OVER (PARTITION BY packaging_type ORDER BY sequence) AS early,
                            row_number() OVER (ORDER BY sequence DESC) AS late
                        FROM returns WHERE sequence > ? AND packaging_type IS NOT NULL AND bin IS NOT NULL
                            AND corrected_by IS NULL
                    ), types AS (
                        SELECT packaging_type FROM listed WHERE early = 1 ORDER BY sequence LIMIT ?
                    )
                    SELECT sequence FROM listed
                    WHERE late <= ? OR early <= ? AND packaging_type IN (SELECT packaging_type FROM types)
                    ORDER BY sequence
                    """, arguments: [kept, typesLimit, newest, firstOfEachType])
            for sequence in sample {
                if let decision = try Self.decision(sequence, db), decision.evidence != nil { visit(decision) }
            }
        }
    }

    static func decision(_ sequence: Int64, _ db: Database) throws -> StoredDecision? {
        var found: StoredDecision?
        try EntryTable.visit(after: sequence - 1, withReadings: true, db) { entry, readings in
            if entry.sequence == sequence { found = try LedgerReplay.decision(entry, readings) }
            return false
        }
        return found
    }
}
