import Foundation
import GRDB
import Testing
import Vocabulary

@testable import Ledger

/// Ledgers of format version 1 are read and gone on with.
@Suite struct MigrationTests {
    /// What versions up to 0.3 made, word for word.
    static let version1 = """
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES ('entries 1');
        CREATE TABLE ledger (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            ledger TEXT NOT NULL,
            station TEXT NOT NULL
        ) STRICT;
        CREATE TABLE entry (
            sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
            boot TEXT NOT NULL,
            monotonic_nanoseconds INTEGER NOT NULL,
            unix_milliseconds INTEGER NOT NULL,
            clock_trusted INTEGER NOT NULL CHECK (clock_trusted IN (0, 1)),
            kind TEXT NOT NULL,
            payload_version INTEGER NOT NULL,
            payload TEXT NOT NULL,
            readings_digest BLOB NOT NULL CHECK (length(readings_digest) IN (0, 32)),
            previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            readings TEXT
        ) STRICT;
        CREATE TRIGGER entry_is_never_changed BEFORE UPDATE OF
            sequence, boot, monotonic_nanoseconds, unix_milliseconds, clock_trusted, kind, payload_version, payload,
            readings_digest, previous_hash, hash ON entry
            BEGIN SELECT RAISE(ABORT, 'entries of the ledger are never changed'); END;
        CREATE TRIGGER readings_are_only_pruned BEFORE UPDATE OF readings ON entry WHEN NEW.readings IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'readings of the ledger are never changed'); END;
        CREATE TRIGGER entry_is_never_removed BEFORE DELETE ON entry
            BEGIN SELECT RAISE(ABORT, 'entries of the ledger are never removed'); END;
        CREATE TABLE uplink (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            acknowledged_sequence INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE projection (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            version INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE returns (
            sequence INTEGER PRIMARY KEY,
            unix_milliseconds INTEGER NOT NULL,
            packaging_type TEXT,
            material TEXT NOT NULL,
            stream TEXT,
            bin TEXT,
            mass_milligrams INTEGER NOT NULL,
            confidence_permille INTEGER NOT NULL,
            ended_sequence INTEGER,
            outcome TEXT,
            cause TEXT
        ) STRICT;
        CREATE INDEX returns_open ON returns (sequence) WHERE outcome IS NULL;
        CREATE TABLE totals (
            unix_hour INTEGER NOT NULL,
            packaging_type TEXT NOT NULL,
            material TEXT NOT NULL,
            stream TEXT NOT NULL,
            outcome TEXT NOT NULL,
            units INTEGER NOT NULL,
            mass_milligrams INTEGER NOT NULL,
            PRIMARY KEY (unix_hour, packaging_type, material, stream, outcome)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO uplink VALUES (1, 5);
        INSERT INTO projection VALUES (1, 2);
        INSERT INTO ledger SELECT * FROM source.ledger;
        INSERT INTO entry SELECT * FROM source.entry;
        PRAGMA application_id = 1381258060;
        PRAGMA user_version = 1;
        """

    /// A ledger of the old format that holds these entries.
    private func old(_ source: Bench) throws -> Bench {
        let bench = try Bench()
        let database = try DatabaseQueue(path: bench.place.database)
        try database.writeWithoutTransaction { db in
            try db.execute(sql: "ATTACH ? AS source", arguments: [source.place.database])
            try db.execute(sql: Self.version1)
            try db.execute(sql: "DETACH source")
            _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        }
        try database.close()
        return bench
    }

    @Test func `a ledger of version 1 is taken over with every entry as it was, and old software refuses it then`()
        throws
    {
        let source = try Bench()
        try source.store(Samples.everyKind + [Samples.acceptedCup])
        let bench = try old(source)
        #expect(try bench.count("PRAGMA user_version") == 1)
        let writer = try bench.writer()
        #expect(writer.recoveredCount == 1)
        try writer.correctNow(2, by: "anna", why: "was none") { _ in nil }
        writer.stop()
        #expect(try bench.count("PRAGMA user_version") == 2)
        #expect(try bench.entries().prefix(14) == source.entries()[...])
        #expect(try bench.entries().suffix(2).map(\.kind) == ["ended", "corrected"])
        let found = try bench.verify()
        #expect(found.isWhole && found.acknowledgedSequence == 5, "\(found.problems)")
        #expect(try LedgerRecounter(directory: bench.directory).recount().agrees)
    }

    @Test func `a ledger of version 1 is verified and exported as it is, without being changed`() throws {
        let source = try Bench()
        try source.store(Samples.everyKind)
        let bench = try old(source)
        #expect(try bench.exported() == source.exported())
        let problems = try bench.verify().problems
        #expect(problems.allSatisfy { $0.contains("is rebuilt at the daemon's next start") }, "\(problems)")
        #expect(try bench.count("PRAGMA user_version") == 1)
    }
}
