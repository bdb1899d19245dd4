import FoundationEssentials

/// Which ledger an export is of, and from which entry to which.
package struct ExportHeader: Hashable, Sendable {
    package var identity: LedgerIdentity
    package var first: Int64
    /// One less than `first` if the ledger is empty.
    package var last: Int64
}

/// Hands out the entries of a ledger as they are stored, also while the daemon writes it.
///
/// Entries never change, so they need no common snapshot: each portion is read in a transaction of its own, which has
/// ended when the portion is handed out. A slow reader then holds up no checkpoint, and the write-ahead log of a
/// running station does not grow because somebody pages through an export.
package struct LedgerExport: Sendable {
    package let header: ExportHeader
    private let reader: LedgerReader

    /// - Parameters:
    ///   - first: from 1.
    ///   - last: nil, or more than there are: up to the entry that is the last one now.
    package init(directory: String, from first: Int64 = 1, to last: Int64? = nil) throws(LedgerError) {
        try self.init(LedgerReader(directory: directory), from: first, to: last)
    }

    init(_ reader: LedgerReader, from first: Int64, to last: Int64?) throws(LedgerError) {
        guard first >= 1, first <= last ?? .max else {
            throw LedgerError(
                .invalidRequest,
                "Exporting entries \(first) to \(last.map { "\($0)" } ?? "the last"): the first must be at least 1, "
                    + "and not behind the last.")
        }
        self.reader = reader
        let (identity, head) = try reader.readNow { db in (try EntryTable.identity(db), try EntryTable.head(db)) }
        guard first <= max(head.sequence, 1) else {
            throw LedgerError(
                .invalidRequest, "Exporting entries from \(first) on: the ledger ends at \(head.sequence).")
        }
        header = ExportHeader(identity: identity, first: first, last: min(last ?? .max, head.sequence))
    }

    /// Has each entry appended to a portion by `encode`, and each portion written by `write`, in order. Holds one
    /// portion at a time: `LedgerLimits.exportPortionBytes` and one entry. Blocks.
    package func run(
        _ encode: (LedgerEntry, _ readings: Data?, _ portion: inout [UInt8]) throws(LedgerError) -> Void,
        write: ([UInt8]) throws -> Void
    ) throws {
        var portion: [UInt8] = []
        try forEachPortion { entry, readings in
            try encode(entry, readings, &portion)
            return portion.count < LedgerLimits.exportPortionBytes
        } ended: {
            try write(portion)
            portion.removeAll(keepingCapacity: true)
        }
    }

    /// - Parameters:
    ///   - take: gets each entry within a transaction, and says whether the portion goes on.
    ///   - ended: called after each portion, outside of it.
    func forEachPortion(
        _ take: (LedgerEntry, _ readings: Data?) throws -> Bool, ended: () throws -> Void
    ) throws {
        var done = header.first - 1
        while done < header.last {
            let before = done
            try reader.readNow { db in
                try EntryTable.visit(after: before, withReadings: true, db) { entry, readings in
                    guard entry.sequence <= header.last else { return false }
                    done = entry.sequence
                    return try take(entry, readings)
                }
            }
            // Entries at the end that are gone: what there is has been handed out.
            guard done > before else { return }
            try ended()
        }
    }
}
