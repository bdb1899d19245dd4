import FoundationEssentials
import GRDB
import Vocabulary

/// What a person finds wrong with what was counted of an item.
enum Corrections {
    /// What a passage counts now.
    enum PassageState: Hashable {
        case underWay
        case counts(CountedItem)
        /// It would count this, had nobody voided it.
        case void(CountedItem)

        /// What counts, or would were it not void; nil: nobody can know yet.
        var item: CountedItem? {
            switch self {
            case .counts(let item), .void(let item): item
            case .underWay: nil
            }
        }

        /// What counts; nil: nothing.
        var counted: CountedItem? {
            switch self {
            case .counts(let item): item
            case .underWay, .void: nil
            }
        }
    }

    /// Nil if there is no such passage.
    /// - Parameter sequence: of its acceptance, or of the refusal.
    static func state(ofPassage sequence: Int64, _ db: Database) throws -> PassageState? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT unix_hour, packaging_type, material, stream, outcome, mass_milligrams, is_void FROM returns
                WHERE sequence = ?
                """)
        guard let row = try Row.fetchOne(statement, arguments: [sequence]) else { return nil }
        guard let hour: Int64 = try row.optional(0) else { return .underWay }
        let item = CountedItem(
            unixHour: hour, packagingType: try row.optionalName(1), material: try row.name(2),
            stream: try row.optionalName(3), outcome: try row.name(4), massMilligrams: max(0, try row.value(5)))
        return try row.value(6) as Int64 == 1 ? .void(item) : .counts(item)
    }

    /// The passage that an entry belongs to, and the entry that counts it; nil if the entry is not of an item, or
    /// cannot be read.
    /// - Parameter sequence: of an acceptance, an outcome or a refusal.
    static func passage(of sequence: Int64, _ db: Database) throws -> (passage: Int64, counting: Int64?)? {
        guard let entry = try EntryTable.entry(sequence, db), let record = try? entry.record() else { return nil }
        switch record {
        case .accepted:
            let statement = try db.cachedStatement(sql: "SELECT ended_sequence FROM returns WHERE sequence = ?")
            return (sequence, try Row.fetchOne(statement, arguments: [sequence])?.optional(0))
        case .ended(let ended): return (ended.acceptedSequence, sequence)
        case .refused: return (sequence, sequence)
        case .started, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped, .clockChanged,
            .hoursCorrected, .corrected:
            return nil
        }
    }

    /// What is wrong with a correction, given what is counted before it; nil if nothing is.
    static func problem(_ correction: CorrectionRecord, _ db: Database) throws -> String? {
        let sequence = correction.correctedSequence
        guard let (passage, counting) = try passage(of: sequence, db), counting == sequence,
            let state = try state(ofPassage: passage, db)
        else { return "corrects entry \(sequence), which counts no item" }
        guard correction.was == state.counted else { return "says what entry \(sequence) counted, which is not so" }
        guard let item = state.item else { return "corrects entry \(sequence), which counts no item" }
        guard let becomes = correction.becomes else { return nil }
        guard becomes.unixHour == item.unixHour, becomes.massMilligrams >= 0 else {
            return "gives entry \(sequence) another hour, or a mass below 0"
        }
        return nil
    }

    static func apply(_ correction: CorrectionRecord, sequence: Int64, _ db: Database) throws {
        guard let (passage, _) = try passage(of: correction.correctedSequence, db) else { return }
        guard let item = correction.becomes else {
            try db.execute(
                sql: "UPDATE returns SET is_void = 1, corrected_by = ? WHERE sequence = ?",
                arguments: [sequence, passage])
            return
        }
        try db.execute(
            sql: """
                UPDATE returns SET packaging_type = ?, material = ?, stream = ?, outcome = ?, mass_milligrams = ?,
                is_void = 0, corrected_by = ? WHERE sequence = ?
                """,
            arguments: [
                item.packagingType?.rawValue, item.material.rawValue, item.stream?.rawValue, item.outcome.rawValue,
                item.massMilligrams, sequence, passage,
            ])
    }
}
