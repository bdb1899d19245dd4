import ClusterAPI
import FoundationEssentials
import GRDB
import Vocabulary

/// What is uploaded: count reports cut from the entries, whenever they are asked for. There is no second copy that
/// could disagree with the ledger.
public final class LedgerOutbox: ReportSource {
    private let writer: LedgerWriter
    private let reader: LedgerReader
    private let totalsLimit: Int

    /// `totalsLimit` is for tests; a report holds at most that many totals.
    public init(
        writer: LedgerWriter, reader: LedgerReader, totalsLimit: Int = ClusterProtocol.totalsPerReportLimit
    ) {
        precondition(totalsLimit >= 1, "a report that may hold no total can never cover an outcome")
        self.writer = writer
        self.reader = reader
        self.totalsLimit = totalsLimit
    }

    /// The last entry that the cluster is known to hold; 0 before the first report.
    public func acknowledgedSequence() async throws -> Int64 {
        try await reader.read { db in try Uplink.acknowledgedSequence(db) }
    }

    package func acknowledgedSequenceNow() throws -> Int64 {
        try reader.readNow { db in try Uplink.acknowledgedSequence(db) }
    }

    public func holdsEntry(_ sequence: Int64) async throws -> Bool {
        try await reader.read { db in try EntryTable.head(at: sequence, db) != nil }
    }

    package func holdsEntryNow(_ sequence: Int64) throws -> Bool {
        try reader.readNow { db in try EntryTable.head(at: sequence, db) != nil }
    }

    /// Covers fewer entries than `entryLimit` if it would hold too many totals otherwise. Throws if the ledger has no
    /// entry `sequence`: it ends before what the cluster holds.
    public func cutReport(after sequence: Int64, entryLimit: Int) async throws -> CutReport? {
        try await reader.read { [totalsLimit] db in
            try Self.cut(after: sequence, entryLimit: entryLimit, totalsLimit: totalsLimit, db)
        }
    }

    package func cutReportNow(after sequence: Int64, entryLimit: Int) throws -> CutReport? {
        try reader.readNow { db in
            try Self.cut(after: sequence, entryLimit: entryLimit, totalsLimit: totalsLimit, db)
        }
    }

    private static func cut(
        after sequence: Int64, entryLimit: Int, totalsLimit: Int, _ db: Database
    ) throws -> CutReport? {
        guard let start = try EntryTable.head(at: sequence, db) else {
            throw LedgerError(
                .invalidRequest,
                "Cutting a report after entry \(sequence): the ledger holds no such entry. The cluster holds "
                    + "another history of this ledger; tell support.")
        }
        let identity = try EntryTable.identity(db)
        return try Self.cut(
            identity, after: start, entryLimit: Int64(max(1, entryLimit)), totalsLimit: totalsLimit, db)
    }

    /// Remembers durably that the cluster holds everything up to here; a lower number than before changes nothing.
    public func acknowledge(upTo sequence: Int64) async throws {
        try await writer.perform("Remembering that the cluster holds entry \(sequence)") { db in
            try Uplink.acknowledge(upTo: sequence, db)
        }
    }

    package func acknowledgeNow(upTo sequence: Int64) throws {
        try writer.performNow("Remembering that the cluster holds entry \(sequence)") { db in
            try Uplink.acknowledge(upTo: sequence, db)
        }
    }

    /// An element after each commit; several commits may be one element.
    public func newEntries() -> AsyncStream<Void> { writer.newEntries.stream() }

    private static func cut(
        _ identity: LedgerIdentity, after start: LedgerHead, entryLimit: Int64, totalsLimit: Int, _ db: Database
    ) throws -> CutReport? {
        var fold = CountFold()
        var end = start
        var overflowing = false
        try EntryTable.visit(after: start.sequence, limit: entryLimit, db) { entry, _ in
            if entry.mayCount { fold.add(try entry.record(), at: entry.wallTime) }
            // One entry alone always fits: what it counts or corrects is limited to far less than a report holds.
            overflowing = fold.count > totalsLimit && entry.sequence > start.sequence + 1
            if !overflowing { end = entry.head }
            return !overflowing
        }
        guard end.sequence > start.sequence else { return nil }
        // A fold cannot take back an entry, so it is made again without the one that was too much.
        if overflowing {
            let fitting = end.sequence - start.sequence
            return try cut(identity, after: start, entryLimit: fitting, totalsLimit: totalsLimit, db)
        }
        let report = CountReport(
            station: StationID(unchecked: identity.station), ledger: identity.ledger, from: start.sequence + 1,
            to: end.sequence, previousHead: start.hashText, head: end.hashText, totals: fold.sortedTotals)
        return CutReport(from: report.from, to: report.to, body: try report.canonicalBytes())
    }
}
