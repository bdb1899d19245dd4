import ClusterAPI
import FoundationEssentials
import GRDB
import Vocabulary

extension ClusterStore {
    /// Every station that ever introduced itself, by name.
    public func stations() async throws -> [StationSummary] {
        try await database.read { connection in
            try Row.fetchAll(
                connection,
                sql: """
                    SELECT s.station, s.public_key, s.state, s.current_ledger, l.watermark, l.head,
                        EXISTS (SELECT 1 FROM forks f WHERE f.station = s.station
                            AND (s.current_ledger IS NULL OR f.ledger = s.current_ledger)) AS is_forked,
                        k.public_key AS former_key, k.replaced_unix_seconds
                    FROM stations s LEFT JOIN ledgers l ON l.station = s.station AND l.ledger = s.current_ledger
                    LEFT JOIN former_keys k ON k.station = s.station AND k.reason = 'exchanged'
                        AND k.number = (SELECT max(number) FROM former_keys n WHERE n.station = s.station)
                    ORDER BY s.station
                    """
            ).map(Self.summary)
        }
    }

    private static func summary(_ row: Row) throws -> StationSummary {
        let formerKey: Data? = row["former_key"]
        return StationSummary(
            station: try word(row["station"], of: "stations.station"), state: try state(row),
            fingerprint: ReportSignature.fingerprint(ofPublicKey: row["public_key"]), ledger: row["current_ledger"],
            watermark: row["watermark"] ?? 0, head: row["head"], isForked: row["is_forked"],
            keyExchangedUnixSeconds: row["replaced_unix_seconds"],
            formerFingerprint: formerKey.map(ReportSignature.fingerprint))
    }

    /// In the order of their keys; says so instead if there are more than `ClusterProtocol.totalsAnswerLimit`.
    public func totals(_ query: TotalsQuery) async throws -> TotalsResult {
        let limit = ClusterProtocol.totalsAnswerLimit
        let totals = try await database.read { connection in
            try Row.fetchAll(
                connection,
                sql: """
                    SELECT unix_hour, packaging_type, material, stream, outcome,
                        sum(units) AS units, sum(mass_milligrams) AS mass_milligrams
                    FROM totals
                    WHERE unix_hour BETWEEN ? AND ? AND (?3 IS NULL OR station = ?3)
                    GROUP BY unix_hour, packaging_type, material, stream, outcome
                    ORDER BY unix_hour, packaging_type, material, stream, outcome
                    LIMIT ?4
                    """,
                arguments: [
                    query.firstUnixHour ?? .min, query.lastUnixHour ?? .max, query.station?.rawValue, limit + 1,
                ]
            ).map(Self.total)
        }
        return totals.count > limit ? .tooMany(limit: limit) : .totals(totals)
    }

    /// Everything that is counted for a station, in the order of the keys, on the caller's thread.
    package func totalsNow(of station: StationID) throws -> [Total] {
        try database.read { connection in
            try Row.fetchAll(
                connection,
                sql: """
                    SELECT unix_hour, packaging_type, material, stream, outcome, units, mass_milligrams FROM totals
                    WHERE station = ? ORDER BY unix_hour, packaging_type, material, stream, outcome
                    """, arguments: [station.rawValue]
            ).map(Self.total)
        }
    }

    /// The sum of the above, and how far the ledger that the station reports now is counted.
    package func countedNow(of station: StationID) throws -> (units: Int64, massMilligrams: Int64, watermark: Int64) {
        try database.unsafeRead { connection in
            let statement = try connection.cachedStatement(
                sql: """
                    SELECT ifnull(sum(units), 0), ifnull(sum(mass_milligrams), 0),
                    (SELECT max(watermark) FROM ledgers WHERE station = ?1) FROM totals WHERE station = ?1
                    """)
            guard let row = try Row.fetchOne(statement, arguments: [station.rawValue]) else { return (0, 0, 0) }
            return (row[0], row[1], row[2] ?? 0)
        }
    }

    static func total(_ row: Row) throws -> Total {
        let packagingType: String = row["packaging_type"]
        let stream: String = row["stream"]
        return Total(
            key: TotalKey(
                unixHour: row["unix_hour"],
                packagingType: packagingType.isEmpty ? nil : try word(packagingType, of: "totals.packaging_type"),
                material: try word(row["material"], of: "totals.material"),
                stream: stream.isEmpty ? nil : try word(stream, of: "totals.stream"),
                outcome: try word(row["outcome"], of: "totals.outcome")),
            units: row["units"], massMilligrams: row["mass_milligrams"])
    }

    /// Material reuse of plastic in one year, within `UTCYear.bounds`; its formula stands at `ObjectiveReport`.
    public func objective(year: Int) async throws -> ObjectiveReport {
        let hours = UTCYear.hours(of: year)
        return try await database.read { connection in
            ObjectiveReport(
                year: year,
                reuseMilligrams: try Self.plastic(.reuse, in: hours, on: connection),
                recyclingMilligrams: try Self.plastic(.recycling, in: hours, on: connection),
                placedOnMarketMilligrams: try Int64.fetchOne(
                    connection, sql: "SELECT plastic_milligrams FROM placed_on_market WHERE year = ?",
                    arguments: [year]))
        }
    }

    private static func plastic(
        _ stream: Vocabulary.Stream, in hours: Range<Int64>, on connection: Database
    ) throws -> Int64 {
        let plastics = Material.allCases.filter(\.isPlastic).map(\.rawValue)
        let places = plastics.map { _ in "?" }.joined(separator: ", ")
        return try Int64.fetchOne(
            connection,
            sql: """
                SELECT coalesce(sum(mass_milligrams), 0) FROM totals
                WHERE unix_hour >= ? AND unix_hour < ? AND stream = ? AND outcome = ? AND material IN (\(places))
                """,
            arguments: [hours.lowerBound, hours.upperBound, stream.rawValue, Outcome.committed.rawValue]
                + StatementArguments(plastics)) ?? 0
    }

    /// Replaces the figures of the years given; all of them or none.
    public func replacePlacedOnMarket(_ figures: PlacedOnMarket) async throws {
        try await database.write { connection in
            for (year, milligrams) in figures.plasticMilligrams.sorted(by: { $0.key < $1.key }) {
                try connection.execute(
                    sql: "INSERT OR REPLACE INTO placed_on_market VALUES (?, ?)", arguments: [year, milligrams])
            }
        }
    }
}

/// Totals over some hours, for people.
public struct TotalSum: Codable, Hashable, Sendable {
    /// Nil for packaging that the catalogue does not list.
    public var packagingType: PackagingTypeID?
    public var material: Material
    /// Nil for items that were never accepted.
    public var stream: Vocabulary.Stream?
    public var outcome: Outcome
    public var units: Int64
    public var massMilligrams: Int64
}

extension ClusterStore {
    /// Sorted by packaging type, material, stream and outcome; at most `ClusterProtocol.totalsAnswerLimit` rows.
    public func sums(_ query: TotalsQuery) async throws -> [TotalSum] {
        try await database.read { connection in
            try Row.fetchAll(
                connection,
                sql: """
                    SELECT packaging_type, material, stream, outcome, 0 AS unix_hour,
                        sum(units) AS units, sum(mass_milligrams) AS mass_milligrams
                    FROM totals
                    WHERE unix_hour BETWEEN ? AND ? AND (?3 IS NULL OR station = ?3)
                    GROUP BY packaging_type, material, stream, outcome
                    ORDER BY packaging_type, material, stream, outcome
                    LIMIT ?4
                    """,
                arguments: [
                    query.firstUnixHour ?? .min, query.lastUnixHour ?? .max, query.station?.rawValue,
                    ClusterProtocol.totalsAnswerLimit,
                ]
            ).map { row in
                let total = try Self.total(row)
                return TotalSum(
                    packagingType: total.key.packagingType, material: total.key.material, stream: total.key.stream,
                    outcome: total.key.outcome, units: total.units, massMilligrams: total.massMilligrams)
            }
        }
    }
}
