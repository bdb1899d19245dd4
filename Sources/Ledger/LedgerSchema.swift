import GRDB

/// The tables. What is in here has shipped: a change is a new migration (entries) or a new projection version.
enum LedgerSchema {
    /// Marks the file as a ledger (`PRAGMA application_id`): "RTSL" in ASCII.
    static let applicationID: Int64 = 0x5254_534C
    /// `PRAGMA user_version`. A file with a higher number is refused.
    static let formatVersion: Int64 = 2
    /// Raised when the projections' tables or what they hold change; they are then rebuilt at opening.
    static let projectionVersion: Int64 = 3

    static let entrySQL = """
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
        INSERT INTO uplink VALUES (1, 0);
        """

    /// The projections' tables. `temporary`: in the connection's own scratch space, for verification.
    static func projectionSQL(temporary: Bool = false) -> String {
        let create = temporary ? "CREATE TEMPORARY" : "CREATE"
        return """
            \(create) TABLE returns (
                sequence INTEGER PRIMARY KEY,
                unix_milliseconds INTEGER NOT NULL,
                time_trusted INTEGER NOT NULL,
                packaging_type TEXT,
                material TEXT NOT NULL,
                stream TEXT,
                bin TEXT,
                mass_milligrams INTEGER NOT NULL,
                confidence_permille INTEGER NOT NULL,
                ended_sequence INTEGER,
                outcome TEXT,
                cause TEXT,
                unix_hour INTEGER,
                is_void INTEGER NOT NULL,
                corrected_by INTEGER
            ) STRICT;
            \(create == "CREATE" ? "CREATE INDEX returns_open ON returns (sequence) WHERE outcome IS NULL;" : "")
            \(create) TABLE totals (
                unix_hour INTEGER NOT NULL,
                packaging_type TEXT NOT NULL,
                material TEXT NOT NULL,
                stream TEXT NOT NULL,
                outcome TEXT NOT NULL,
                units INTEGER NOT NULL,
                mass_milligrams INTEGER NOT NULL,
                PRIMARY KEY (unix_hour, packaging_type, material, stream, outcome)
            ) STRICT, WITHOUT ROWID;
            \(create) TABLE untimed (
                boot TEXT NOT NULL,
                sequence INTEGER NOT NULL,
                monotonic_nanoseconds INTEGER NOT NULL,
                passage_sequence INTEGER NOT NULL,
                counts INTEGER NOT NULL,
                PRIMARY KEY (boot, sequence)
            ) STRICT, WITHOUT ROWID;
            """
    }

    static let projectionTables = ["returns", "totals", "untimed"]

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("entries 1") { db in
            try db.execute(sql: entrySQL)
            try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = 1")
        }
        // The kinds `clockChanged`, `hoursCorrected` and `corrected`: software that does not know them must not fold.
        migrator.registerMigration("2-clock-and-corrections") { db in
            try db.execute(sql: "PRAGMA user_version = 2")
        }
        migrator.registerMigration("3-retention") { db in try db.execute(sql: RetentionTable.migrationSQL) }
        return migrator
    }
}
