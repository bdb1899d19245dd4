import ClusterAPI
import FoundationEssentials
import GRDB
import Vocabulary

extension ClusterStore {
    /// Counts the report in one transaction with the move of the watermark, or changes nothing (a fork is recorded).
    public func accept(
        _ report: CountReport, body: Data, signature: String, at unixSeconds: Int64
    ) async throws -> ReportAnswer {
        let header: ReportHeader
        do throws(MalformedReport) {
            header = try ReportCheck.check(report)
        } catch {
            return ReportAnswer(status: .malformed, watermark: 0, message: error.message)
        }
        return try await database.write { connection in
            try Self.accept(
                report, header, Evidence(body: body, signature: signature, unixSeconds: unixSeconds), on: connection)
        }
    }

    /// As `accept`, on the caller's thread.
    package func acceptNow(
        _ report: CountReport, body: Data, signature: String, at unixSeconds: Int64
    ) throws -> ReportAnswer {
        let header: ReportHeader
        do throws(MalformedReport) {
            header = try ReportCheck.check(report)
        } catch {
            return ReportAnswer(status: .malformed, watermark: 0, message: error.message)
        }
        return try database.write { connection in
            try Self.accept(
                report, header, Evidence(body: body, signature: signature, unixSeconds: unixSeconds), on: connection)
        }
    }

    private static func accept(
        _ report: CountReport, _ header: ReportHeader, _ evidence: Evidence, on connection: Database
    ) throws -> ReportAnswer {
        guard try enrolment(of: report.station, on: connection)?.state == .approved else {
            return ReportAnswer(
                status: .notEnrolled, watermark: 0, message: "The key of station \(report.station) is not approved.")
        }
        let known = try position(of: report.ledger, station: report.station, on: connection)
        let held = known ?? .beginning
        let heads = try knownHeads(for: header, of: report, below: held.watermark, on: connection)
        switch WatermarkRule.decide(on: header, at: held, known: heads) {
        case .extend(let position):
            if known == nil, try ledgerCount(of: report.station, on: connection) >= ledgersPerStationLimit {
                return ReportAnswer(
                    status: .malformed, watermark: 0,
                    message: "Station \(report.station) has \(ledgersPerStationLimit) ledgers already, which no "
                        + "replacement of disks explains; a technician must find out why it begins new ones.")
            }
            try add(report.totals, of: report.station, on: connection)
            try move(report.ledger, of: report.station, to: position, on: connection)
            try remember(report, receivedAt: evidence.unixSeconds, on: connection)
            return ReportAnswer(
                status: .held, watermark: position.watermark, message: "Entries \(report.from) to \(report.to) count.")
        case .alreadyHeld:
            return ReportAnswer(
                status: .held, watermark: held.watermark,
                message: "Entries \(report.from) to \(report.to) were counted before.")
        case .gap:
            return ReportAnswer(
                status: .gap, watermark: held.watermark,
                message: "The report covers \(report.from) to \(report.to), the next entry is \(held.watermark + 1).")
        case .fork(let reason):
            try record(reason, of: report, at: held, evidence, on: connection)
            return ReportAnswer(
                status: .fork, watermark: held.watermark,
                message: "Entry \(reason == .headDiffers ? report.to : report.from - 1) of ledger \(report.ledger) is "
                    + "not the one that the cluster holds: the station's history was changed or restored.")
        }
    }

    static func position(
        of ledger: String, station: StationID, on connection: Database
    ) throws -> LedgerPosition? {
        try Row.fetchOne(
            connection, sql: "SELECT watermark, head FROM ledgers WHERE station = ? AND ledger = ?",
            arguments: [station.rawValue, ledger]
        ).map { LedgerPosition(watermark: $0["watermark"], head: $0["head"]) }
    }

    private static func ledgerCount(of station: StationID, on connection: Database) throws -> Int {
        try Int.fetchOne(
            connection, sql: "SELECT count(*) FROM ledgers WHERE station = ?", arguments: [station.rawValue]) ?? 0
    }

    private static func add(_ totals: [Total], of station: StationID, on connection: Database) throws {
        // Sums stay integers: the limits of `ReportCheck` leave room for thousands of reports at their bound in one
        // row, and the table is STRICT, so a sum that SQLite made a float fails the whole report.
        let statement = try connection.cachedStatement(
            sql: """
                INSERT INTO totals VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET
                    units = units + excluded.units, mass_milligrams = mass_milligrams + excluded.mass_milligrams
                """)
        for total in totals {
            try statement.execute(arguments: [
                station.rawValue, total.key.unixHour, total.key.packagingType?.rawValue ?? "",
                total.key.material.rawValue, total.key.stream?.rawValue ?? "", total.key.outcome.rawValue,
                total.units, total.massMilligrams,
            ])
        }
    }

    private static func move(
        _ ledger: String, of station: StationID, to position: LedgerPosition, on connection: Database
    ) throws {
        try connection.execute(
            sql: """
                INSERT INTO ledgers VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET watermark = excluded.watermark, head = excluded.head
                """,
            arguments: [station.rawValue, ledger, position.watermark, position.head])
        try connection.execute(
            sql: "UPDATE stations SET current_ledger = ? WHERE station = ?", arguments: [ledger, station.rawValue])
    }
}
