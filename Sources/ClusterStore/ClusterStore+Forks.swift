import ClusterAPI
import FoundationEssentials
import GRDB
import Vocabulary

/// As what a report came, and when.
struct Evidence {
    var body: Data
    /// The value of the signature header.
    var signature: String
    /// Since 1970.
    var unixSeconds: Int64
}

/// Both branches of a fork: what is held is remembered report by report, what is refused is kept whole.
extension ClusterStore {
    /// Which hashes held reports have where this one begins and ends.
    static func knownHeads(
        for header: ReportHeader, of report: CountReport, below watermark: Int64, on connection: Database
    ) throws -> KnownHeads {
        // A report that goes on at the watermark, as almost all do, is decided by the watermark's own head.
        guard header.from - 1 < watermark else { return .none }
        func head(at sequence: Int64) throws -> String? {
            let statement = try connection.cachedStatement(
                sql: "SELECT head FROM held_reports WHERE station = ? AND ledger = ? AND last = ?")
            return try String.fetchOne(statement, arguments: [report.station.rawValue, report.ledger, sequence])
        }
        return KnownHeads(beforeFirst: try head(at: header.from - 1), last: try head(at: header.to))
    }

    /// The newest `LedgerFork.heldReportsLimit` of a ledger stay.
    static func remember(_ report: CountReport, receivedAt unixSeconds: Int64, on connection: Database) throws {
        let insertion = try connection.cachedStatement(sql: "INSERT INTO held_reports VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        try insertion.execute(arguments: [
            report.station.rawValue, report.ledger, report.from, report.to, report.previousHead, report.head,
            report.totals.reduce(0) { $0 + $1.units }, unixSeconds,
        ])
        let deletion = try connection.cachedStatement(
            sql: """
                DELETE FROM held_reports WHERE station = ?1 AND ledger = ?2 AND last <= (
                    SELECT last FROM held_reports WHERE station = ?1 AND ledger = ?2
                    ORDER BY last DESC LIMIT 1 OFFSET ?3)
                """)
        try deletion.execute(arguments: [report.station.rawValue, report.ledger, LedgerFork.heldReportsLimit])
    }

    /// A branch that is sent again, as stations do, is recorded once.
    static func record(
        _ reason: ForkReason, of report: CountReport, at held: LedgerPosition, _ evidence: Evidence,
        on connection: Database
    ) throws {
        try connection.execute(
            sql: """
                INSERT INTO forks (
                    station, ledger, first, last, previous_head, head, reason, held_watermark, held_head, signature,
                    body, received_unix_seconds)
                SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
                WHERE (SELECT count(*) FROM forks WHERE station = ?) < ?
                ON CONFLICT DO NOTHING
                """,
            arguments: [
                report.station.rawValue, report.ledger, report.from, report.to, report.previousHead, report.head,
                reason.rawValue, held.watermark, held.head, evidence.signature, evidence.body, evidence.unixSeconds,
                report.station.rawValue, forksPerStationLimit,
            ])
    }

    /// By station and ledger; at most `ClusterProtocol.forksAnswerLimit`.
    public func forks() async throws -> [ForkSummary] {
        try await database.read { connection in
            try Row.fetchAll(
                connection, sql: "SELECT DISTINCT station, ledger FROM forks ORDER BY station, ledger LIMIT ?",
                arguments: [ClusterProtocol.forksAnswerLimit]
            ).map { row in
                let fork = try Self.fork(
                    of: row["ledger"], station: try Self.word(row["station"], of: "forks.station"), on: connection)
                return ForkSummary(
                    station: fork.station, ledger: fork.ledger, point: fork.point, watermark: fork.watermark,
                    refusedReports: fork.refused.count,
                    firstRefusedUnixSeconds: fork.refused.compactMap(\.receivedUnixSeconds).min())
            }
        }
    }

    /// Both branches of each forked ledger of a station, by ledger.
    public func forks(of station: StationID) async throws -> [LedgerFork] {
        try await database.read { connection in
            try String.fetchAll(
                connection, sql: "SELECT DISTINCT ledger FROM forks WHERE station = ? ORDER BY ledger",
                arguments: [station.rawValue]
            ).map { ledger in
                var fork = try Self.fork(of: ledger, station: station, on: connection)
                try Self.explain(&fork.refused, of: ledger, station: station, on: connection)
                fork.held.removeAll { $0.last <= fork.point.sharedUpTo }
                return fork
            }
        }
    }

    /// Everything but what the refused bodies say.
    private static func fork(
        of ledger: String, station: StationID, on connection: Database
    ) throws -> LedgerFork {
        let arguments: StatementArguments = [station.rawValue, ledger]
        let held = try Row.fetchAll(
            connection, sql: "SELECT * FROM held_reports WHERE station = ? AND ledger = ? ORDER BY last",
            arguments: arguments
        ).map { row in
            HeldReport(
                first: row["first"], last: row["last"], previousHead: row["previous_head"], head: row["head"],
                units: row["units"], receivedUnixSeconds: row["received_unix_seconds"])
        }
        let refused = try Row.fetchAll(
            connection,
            sql: """
                SELECT first, last, previous_head, head, reason, received_unix_seconds FROM forks
                WHERE station = ? AND ledger = ? ORDER BY \(refusedOrder)
                """, arguments: arguments
        ).map { row in
            RefusedReport(
                first: row["first"], last: row["last"], previousHead: row["previous_head"], head: row["head"],
                reason: row["reason"], receivedUnixSeconds: row["received_unix_seconds"], signedBy: nil, totals: [])
        }
        let position = try position(of: ledger, station: station, on: connection) ?? .beginning
        return LedgerFork(
            station: station, ledger: ledger, point: ForkPoint(held: held, upTo: position, refused: refused),
            watermark: position.watermark, head: position.head, held: held, refused: refused)
    }

    private static let refusedOrder = "first, last, previous_head, head"

    /// Fills in whose signature the refused reports bear and what they would have counted.
    private static func explain(
        _ refused: inout [RefusedReport], of ledger: String, station: StationID, on connection: Database
    ) throws {
        let keys =
            try [enrolment(of: station, on: connection)?.publicKey].compactMap(\.self)
            + formerKeys(of: station, on: connection)
        // One at a time: a body may have a megabyte.
        let rows = try Row.fetchCursor(
            connection,
            sql: "SELECT signature, body FROM forks WHERE station = ? AND ledger = ? ORDER BY \(refusedOrder)",
            arguments: [station.rawValue, ledger])
        for index in refused.indices {
            guard let row = try rows.next() else { return }
            let (signature, body): (String, Data) = (row["signature"], row["body"])
            refused[index].signedBy = keys.first {
                ReportSignature.isValid(header: signature, body: body, publicKey: $0)
            }.map(ReportSignature.fingerprint)
            let report = try CountReport(canonicalBytes: body)
            refused[index].totals = OutcomeTotal.sums(of: report.totals)
        }
    }
}
