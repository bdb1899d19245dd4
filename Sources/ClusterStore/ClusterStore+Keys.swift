import ClusterAPI
import FoundationEssentials
import GRDB
import Vocabulary

/// Why a key is a former one.
enum FormerKeyReason: String, Hashable, Sendable {
    /// The station put another in its place.
    case exchanged
    /// An operator refused it, and the station came with another.
    case refused
}

extension ClusterStore {
    /// One transaction: the new key is held and the old one kept with the former ones, or nothing changes.
    public func exchangeKey(
        _ request: KeyExchangeRequest, body: Data, signature: String, at unixSeconds: Int64
    ) async throws -> KeyExchangeAnswer {
        try await database.write { connection in
            let held = try Self.enrolment(of: request.station, on: connection)
            let former = try Self.formerKeys(of: request.station, on: connection)
            let fingerprint = ReportSignature.fingerprint(ofPublicKey: request.newPublicKey)
            switch KeyExchangeRule.decide(
                on: request, body: body, signature: signature, held: held, former: former)
            {
            case .exchange:
                if let held {
                    try Self.keepFormer(
                        held.publicKey, of: request.station, .exchanged, at: unixSeconds, on: connection)
                }
                try connection.execute(
                    sql: "UPDATE stations SET public_key = ? WHERE station = ?",
                    arguments: [request.newPublicKey, request.station.rawValue])
                return KeyExchangeAnswer(
                    status: .exchanged, fingerprint: fingerprint,
                    message: "The new key of station \(request.station) is held.")
            case .alreadyExchanged:
                return KeyExchangeAnswer(
                    status: .exchanged, fingerprint: fingerprint,
                    message: "The new key of station \(request.station) was held before.")
            case .refused(let status, let message):
                return KeyExchangeAnswer(status: status, message: message)
            }
        }
    }

    /// Raw public keys, the newest first.
    static func formerKeys(of station: StationID, on connection: Database) throws -> [Data] {
        try Data.fetchAll(
            connection, sql: "SELECT public_key FROM former_keys WHERE station = ? ORDER BY number DESC",
            arguments: [station.rawValue])
    }

    /// So that what it signed can be verified later.
    static func keepFormer(
        _ publicKey: Data, of station: StationID, _ reason: FormerKeyReason, at unixSeconds: Int64,
        on connection: Database
    ) throws {
        try connection.execute(
            sql: """
                INSERT INTO former_keys
                SELECT ?1, 1 + ifnull(max(number), 0), ?2, ?3, ?4 FROM former_keys WHERE station = ?1
                """,
            arguments: [station.rawValue, publicKey, reason.rawValue, unixSeconds])
        try connection.execute(
            sql: """
                DELETE FROM former_keys WHERE station = ?1
                AND number <= (SELECT max(number) FROM former_keys WHERE station = ?1) - ?2
                """,
            arguments: [station.rawValue, formerKeysPerStationLimit])
    }
}
