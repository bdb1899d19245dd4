import ClusterAPI
import FoundationEssentials
import GRDB
import Vocabulary

extension ClusterStore {
    /// Counts the report in one transaction with the move of the watermark, or changes nothing (a fork is recorded).
    public func accept(
        _ report: CountReport, body: Data, signature: String, at unixSeconds: Int64
    ) async throws -> ReportAnswer {
        let evidence = Evidence(body: body, signature: signature, unixSeconds: unixSeconds)
        do {
            let header = try ReportCheck.check(report)
            return try await database.write { try Self.accept(report, header, evidence, on: $0) }
        } catch let error as MalformedReport {
            // Also thrown inside the transaction, so that nothing of the report is kept.
            return ReportAnswer(status: .malformed, watermark: 0, message: error.message)
        }
    }

    /// As `accept`, on the caller's thread.
    package func acceptNow(
        _ report: CountReport, body: Data, signature: String, at unixSeconds: Int64
    ) throws -> ReportAnswer {
        let evidence = Evidence(body: body, signature: signature, unixSeconds: unixSeconds)
        do {
            let header = try ReportCheck.check(report)
            return try database.write { try Self.accept(report, header, evidence, on: $0) }
        } catch let error as MalformedReport {
            return ReportAnswer(status: .malformed, watermark: 0, message: error.message)
        }
    }

    /// What the server does with a report that comes in over HTTP, without its limits and on the caller's thread.
    package func answerNow(
        body: Data, signature: String, from station: StationID, at unixSeconds: Int64
    ) throws -> ReportAnswer {
        let enrolment = try enrolmentNow(of: station)
        switch ReportAdmission(body: body, signature: signature, station: station, enrolment: enrolment) {
        case .refused(let answer): return answer
        case .admitted(let report): return try acceptNow(report, body: body, signature: signature, at: unixSeconds)
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
        let statement = try connection.cachedStatement(
            sql: "SELECT watermark, head FROM ledgers WHERE station = ? AND ledger = ?")
        return try Row.fetchOne(statement, arguments: [station.rawValue, ledger])
            .map { LedgerPosition(watermark: $0["watermark"], head: $0["head"]) }
    }

    private static func ledgerCount(of station: StationID, on connection: Database) throws -> Int {
        try Int.fetchOne(
            connection, sql: "SELECT count(*) FROM ledgers WHERE station = ?", arguments: [station.rawValue]) ?? 0
    }

    /// Throws `MalformedReport` if a sum would fall below zero: more would be taken back than was counted.
    private static func add(_ totals: [Total], of station: StationID, on connection: Database) throws {
        // Sums stay integers: the limits of `ReportCheck` leave room for thousands of reports at their bound in one
        // row, and the table is STRICT, so a sum that SQLite made a float fails the whole report.
        let statement = try connection.cachedStatement(
            sql: """
                INSERT INTO totals VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET
                    units = units + excluded.units, mass_milligrams = mass_milligrams + excluded.mass_milligrams
                RETURNING units, mass_milligrams
                """)
        for total in totals {
            let row = try Row.fetchOne(
                statement, arguments: key(total.key, of: station) + [total.units, total.massMilligrams])
            let (units, mass): (Int64, Int64) = (row?[0] ?? 0, row?[1] ?? 0)
            guard units >= 0, mass >= 0 else {
                throw MalformedReport(
                    message: "The report is refused: it takes \(-total.units) units and \(-total.massMilligrams) mg "
                        + "from the total of \(total.key.sentence), which would leave \(units) units and \(mass) mg.")
            }
            if units == 0, mass == 0 { try remove(total.key, of: station, on: connection) }
        }
    }

    /// A sum that is nothing is no row, as in the station's own fold.
    private static func remove(_ key: TotalKey, of station: StationID, on connection: Database) throws {
        let statement = try connection.cachedStatement(
            sql: """
                DELETE FROM totals WHERE station = ? AND unix_hour = ? AND packaging_type = ? AND material = ?
                AND stream = ? AND outcome = ?
                """)
        try statement.execute(arguments: self.key(key, of: station))
    }

    private static func key(_ key: TotalKey, of station: StationID) -> StatementArguments {
        [
            station.rawValue, key.unixHour, key.packagingType?.rawValue ?? "", key.material.rawValue,
            key.stream?.rawValue ?? "", key.outcome.rawValue,
        ]
    }

    private static func move(
        _ ledger: String, of station: StationID, to position: LedgerPosition, on connection: Database
    ) throws {
        let insertion = try connection.cachedStatement(
            sql: """
                INSERT INTO ledgers VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET watermark = excluded.watermark, head = excluded.head
                """)
        try insertion.execute(arguments: [station.rawValue, ledger, position.watermark, position.head])
        let update = try connection.cachedStatement(sql: "UPDATE stations SET current_ledger = ? WHERE station = ?")
        try update.execute(arguments: [ledger, station.rawValue])
    }
}

extension TotalKey {
    fileprivate var sentence: String {
        "hour \(unixHour), \(packagingType?.rawValue ?? "unlisted") \(material.rawValue) \(stream?.rawValue ?? "-") "
            + outcome.rawValue
    }
}
