import ClusterAPI
import FoundationEssentials
import GRDB
import Vocabulary

extension ClusterStore {
    static let publicKeyLength = 32

    /// Nil for a station that never introduced itself.
    public func enrolment(of station: StationID) async throws -> Enrolment? {
        // One statement needs no transaction to see one state.
        try await database.unsafeRead { try Self.enrolment(of: station, on: $0) }
    }

    package func enrolmentNow(of station: StationID) throws -> Enrolment? {
        try database.unsafeRead { try Self.enrolment(of: station, on: $0) }
    }

    /// As `enrol`, on the caller's thread.
    package func enrolNow(_ request: EnrolmentRequest, at unixSeconds: Int64) throws -> EnrolmentDecision {
        try database.write { try Self.enrol(request, at: unixSeconds, on: $0) }
    }

    /// As `approve`, on the caller's thread, of the key that the station introduced itself with.
    package func approveNow(_ station: StationID) throws {
        try database.write { connection in
            _ = try Self.known(station, on: connection)
            try Self.set(.approved, of: station, on: connection)
        }
    }

    /// An approved key is never overwritten, nor is a refused one allowed back; a waiting or refused station may
    /// introduce itself with another key, which then waits.
    public func enrol(_ request: EnrolmentRequest, at unixSeconds: Int64) async throws -> EnrolmentDecision {
        guard request.publicKey.count == Self.publicKeyLength else {
            return .malformed(
                "The public key has \(request.publicKey.count) bytes, an Ed25519 key has \(Self.publicKeyLength).")
        }
        return try await database.write { try Self.enrol(request, at: unixSeconds, on: $0) }
    }

    private static func enrol(
        _ request: EnrolmentRequest, at unixSeconds: Int64, on connection: Database
    ) throws -> EnrolmentDecision {
        let held = try enrolment(of: request.station, on: connection)
        if let held, held.state == .approved || held.publicKey == request.publicKey {
            return answer(held)
        }
        if held?.state != .pending {
            let pending = try Int.fetchOne(connection, sql: "SELECT count(*) FROM stations WHERE state = 'pending'")
            guard pending ?? 0 < pendingStationsLimit else { return .tooManyPending(limit: pendingStationsLimit) }
        }
        if let held, held.state == .refused {
            try keepFormer(held.publicKey, of: request.station, .refused, at: unixSeconds, on: connection)
        }
        try connection.execute(
            sql: """
                INSERT INTO stations (station, public_key, state) VALUES (?, ?, 'pending')
                ON CONFLICT DO UPDATE SET public_key = excluded.public_key, state = excluded.state
                """,
            arguments: [request.station.rawValue, request.publicKey])
        return answer(Enrolment(publicKey: request.publicKey, state: .pending))
    }

    private static func answer(_ held: Enrolment) -> EnrolmentDecision {
        .answered(
            EnrolmentAnswer(
                state: held.state, fingerprint: ReportSignature.fingerprint(ofPublicKey: held.publicKey)))
    }

    /// Lets the station report, if `fingerprint` (spaces and case do not matter) is that of the key it introduced
    /// itself with. Throws a `ClusterStoreError` otherwise.
    public func approve(_ station: StationID, fingerprint: String) async throws {
        try await database.write { connection in
            let held = try Self.known(station, on: connection)
            let holds = ReportSignature.fingerprint(ofPublicKey: held.publicKey)
            guard Self.digits(fingerprint) == Self.digits(holds) else {
                throw ClusterStoreError(
                    message: "Station \(station) is not approved: the fingerprint given is \(fingerprint), its key has "
                        + "\(holds). Compare with what the station itself shows.")
            }
            try Self.set(.approved, of: station, on: connection)
        }
    }

    /// Stops the station from reporting; what it reported stays counted.
    public func refuse(_ station: StationID) async throws {
        try await database.write { connection in
            _ = try Self.known(station, on: connection)
            try Self.set(.refused, of: station, on: connection)
        }
    }

    private static func known(_ station: StationID, on connection: Database) throws -> Enrolment {
        guard let held = try enrolment(of: station, on: connection) else {
            throw ClusterStoreError(
                message: "Station \(station) is unknown: it has not introduced itself to this cluster yet.")
        }
        return held
    }

    private static func set(_ state: EnrolmentState, of station: StationID, on connection: Database) throws {
        try connection.execute(
            sql: "UPDATE stations SET state = ? WHERE station = ?", arguments: [state.rawValue, station.rawValue])
    }

    private static func digits(_ fingerprint: String) -> String {
        fingerprint.lowercased().filter { $0 != " " }
    }

    static func enrolment(of station: StationID, on connection: Database) throws -> Enrolment? {
        let statement = try connection.cachedStatement(
            sql: "SELECT public_key, state FROM stations WHERE station = ?")
        return try Row.fetchOne(statement, arguments: [station.rawValue])
            .map { Enrolment(publicKey: $0["public_key"], state: try state($0)) }
    }

    static func state(_ row: Row) throws -> EnrolmentState {
        try word(row["state"], of: "stations.state")
    }

    /// Reads one of our closed sets of words; anything else means that the file was changed by something else.
    static func word<Word: RawRepresentable<String>>(_ text: String, of column: String) throws -> Word {
        guard let word = Word(rawValue: text) else {
            throw ClusterStoreError(
                message: "The store holds \"\(text)\" as \(column), which is no \(Word.self): it was written by a "
                    + "newer version or damaged.")
        }
        return word
    }
}
