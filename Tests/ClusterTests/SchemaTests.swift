import GRDB
import TestSupport
import Testing

@testable import ClusterStore

@Suite struct SchemaTests {
    private static let first = [
        "forks: station TEXT 1, ledger TEXT 2, first INTEGER 3, last INTEGER 4, previous_head TEXT 5, "
            + "head TEXT 6, reason TEXT 0, held_watermark INTEGER 0, held_head TEXT 0, signature TEXT 0, "
            + "body BLOB 0",
        "ledgers: station TEXT 1, ledger TEXT 2, watermark INTEGER 0, head TEXT 0",
        "placed_on_market: year INTEGER 1, plastic_milligrams INTEGER 0",
        "stations: station TEXT 1, public_key BLOB 0, state TEXT 0, current_ledger TEXT 0",
        "totals: station TEXT 1, unix_hour INTEGER 2, packaging_type TEXT 3, material TEXT 4, "
            + "stream TEXT 5, outcome TEXT 6, units INTEGER 0, mass_milligrams INTEGER 0",
    ]
    private static let second = [
        "former_keys: station TEXT 1, number INTEGER 2, public_key BLOB 0, reason TEXT 0, "
            + "replaced_unix_seconds INTEGER 0",
        "held_reports: station TEXT 1, ledger TEXT 2, first INTEGER 0, last INTEGER 3, previous_head TEXT 0, "
            + "head TEXT 0, units INTEGER 0, received_unix_seconds INTEGER 0",
    ]

    private func tables(_ connection: Database) throws -> [String] {
        try String.fetchAll(
            connection,
            sql: """
                SELECT m.name || ': ' || group_concat(p.name || ' ' || p.type || ' ' || p.pk, ', ')
                FROM sqlite_master m, pragma_table_info(m.name) p
                WHERE m.type = 'table' AND m.name <> 'grdb_migrations' GROUP BY m.name ORDER BY m.name
                """)
    }

    @Test func `the first schema is what has shipped`() throws {
        let database = try DatabaseQueue()
        try Schema.migrator.migrate(database, upTo: "1-stations-ledgers-totals-forks-market")
        #expect(try database.read(tables) == Self.first)
    }

    @Test func `the second schema adds to it and changes nothing else`() throws {
        let database = try DatabaseQueue()
        try Schema.migrator.migrate(database, upTo: "2-held-reports-former-keys")
        var expected = Self.first
        expected[0] += ", received_unix_seconds INTEGER 0"
        #expect(try database.read(tables) == (expected + Self.second).sorted())
    }

    @Test func `a fork that the first version kept is shown without its time`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/" + ClusterStore.fileName
            let old = try DatabaseQueue(path: path)
            try Schema.migrator.migrate(old, upTo: "1-stations-ledgers-totals-forks-market")
            let key = try fixedKey()
            let refused = try Signed(report(4, 5, branch: "other"), key)
            try await old.write { connection in
                try connection.execute(
                    sql: "INSERT INTO stations VALUES ('rs-1', ?, 'approved', ?)", arguments: [key.publicKey, ledgerA])
                try connection.execute(
                    sql: "INSERT INTO ledgers VALUES ('rs-1', ?, 3, ?)", arguments: [ledgerA, head(3)])
                try connection.execute(
                    sql: """
                        INSERT INTO forks VALUES
                        ('rs-1', ?, 4, 5, ?, ?, 'previousHeadDiffers', 3, ?, ?, ?)
                        """,
                    arguments: [
                        ledgerA, head(3, branch: "other"), head(5, branch: "other"), head(3), refused.signature,
                        refused.body,
                    ])
            }
            try old.close()
            let store = try ClusterStore(directory: folder)
            let fork = try #require(try await store.forks(of: cupStation).first)
            #expect(fork.refused.first?.receivedUnixSeconds == nil)
            #expect(fork.refused.first?.signedBy == key.fingerprint)
            #expect(fork.point.differsAt == 3)
            #expect(fork.held.isEmpty)
            #expect(fork.text.contains("4 to 5: 2 units, when is not known"))
            #expect(try await store.accept(report(4, 6)).status == .held)
        }
    }
}
