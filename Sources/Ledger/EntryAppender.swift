import FoundationEssentials
import GRDB
import Vocabulary

/// When and in which boot an entry was asked for.
struct Stamp: Hashable, Sendable {
    var instant: Instant
    var wallTime: WallTime
}

/// Links records to the end of the chain and stores them, with their projections. Call it in a transaction; a value
/// that was used in a transaction that failed is thrown away.
struct EntryAppender {
    let identity: LedgerIdentity
    let bootID: String
    private(set) var head: LedgerHead

    /// Returns the entry's sequence number. An error with the code `invalidRequest` has changed nothing: the record
    /// cannot be stored, others can.
    mutating func append(_ record: LedgerRecord, _ stamp: Stamp, _ db: Database) throws -> Int64 {
        let encoded = try EncodedRecord(record)
        try Self.checkThatItFits(record, db)
        let entry = link(encoded, stamp)
        try EntryTable.insert(entry, readings: encoded.readings, db)
        try Projections.add(record, of: entry, db)
        return entry.sequence
    }

    /// The next entry of the chain; moves the head on to it.
    mutating func link(_ encoded: EncodedRecord, _ stamp: Stamp) -> LedgerEntry {
        var entry = LedgerEntry(
            sequence: head.sequence + 1, bootID: bootID, monotonicNanoseconds: stamp.instant.nanoseconds,
            unixMilliseconds: stamp.wallTime.unixMilliseconds, clockTrusted: stamp.wallTime.isTrusted ? 1 : 0,
            kind: encoded.kind.rawValue, payloadVersion: encoded.payloadVersion, payload: encoded.payload,
            readingsDigest: encoded.readingsDigest, previousHash: head.hash, hash: Data())
        entry.hash = entry.computedHash(in: identity)
        head = entry.head
        return entry
    }

    /// Every acceptance ends exactly once, and a correction takes back what counts: a second outcome or a wrong
    /// correction never reaches the ledger.
    private static func checkThatItFits(_ record: LedgerRecord, _ db: Database) throws {
        switch record {
        case .ended(let ended):
            guard try !Projections.isOpen(ended.acceptedSequence, db) else { return }
            throw LedgerError(
                .invalidRequest,
                "Storing the outcome \(ended.outcome.rawValue) of entry \(ended.acceptedSequence): the ledger holds no "
                    + "acceptance with this number that is still open. Nothing was stored; tell support.")
        case .corrected(let correction):
            guard let problem = try Corrections.problem(correction, db) else { return }
            throw LedgerError(
                .invalidRequest,
                "Storing a correction of entry \(correction.correctedSequence): it \(problem). Nothing was stored; "
                    + "tell support.")
        case .started, .accepted, .refused, .modeChanged, .faultRaised, .faultCleared, .commanded, .stopped,
            .clockChanged, .hoursCorrected:
            return
        }
    }
}
