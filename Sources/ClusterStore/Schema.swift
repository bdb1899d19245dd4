import GRDB

/// The tables. A migration is never modified once it has shipped: a change is a new one.
///
/// Every key but the market's figures begins with the station, so a fleet can be spread over several databases.
/// "No packaging type" and "no stream" are empty strings, because a key column cannot be null.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-stations-ledgers-totals-forks-market") { database in
            try database.execute(sql: version1)
        }
        migrator.registerMigration("2-held-reports-former-keys") { database in
            try database.execute(sql: version2)
        }
        return migrator
    }

    private static let version1 = """
        CREATE TABLE stations (
            station TEXT NOT NULL PRIMARY KEY,
            public_key BLOB NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'refused')),
            current_ledger TEXT
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE ledgers (
            station TEXT NOT NULL,
            ledger TEXT NOT NULL,
            watermark INTEGER NOT NULL,
            head TEXT NOT NULL,
            PRIMARY KEY (station, ledger)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE totals (
            station TEXT NOT NULL,
            unix_hour INTEGER NOT NULL,
            packaging_type TEXT NOT NULL,
            material TEXT NOT NULL,
            stream TEXT NOT NULL,
            outcome TEXT NOT NULL,
            units INTEGER NOT NULL,
            mass_milligrams INTEGER NOT NULL,
            PRIMARY KEY (station, unix_hour, packaging_type, material, stream, outcome)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE forks (
            station TEXT NOT NULL,
            ledger TEXT NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            previous_head TEXT NOT NULL,
            head TEXT NOT NULL,
            reason TEXT NOT NULL,
            held_watermark INTEGER NOT NULL,
            held_head TEXT NOT NULL,
            signature TEXT NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (station, ledger, first, last, previous_head, head)
        ) STRICT;

        CREATE TABLE placed_on_market (
            year INTEGER NOT NULL PRIMARY KEY,
            plastic_milligrams INTEGER NOT NULL
        ) STRICT;
        """

    /// What is held is remembered report by report, so that a second history can be told from a repeat, and both be
    /// shown. `received_unix_seconds` of a fork is null if it was kept before this version.
    private static let version2 = """
        CREATE TABLE held_reports (
            station TEXT NOT NULL,
            ledger TEXT NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            previous_head TEXT NOT NULL,
            head TEXT NOT NULL,
            units INTEGER NOT NULL,
            received_unix_seconds INTEGER NOT NULL,
            PRIMARY KEY (station, ledger, last)
        ) STRICT, WITHOUT ROWID;

        ALTER TABLE forks ADD COLUMN received_unix_seconds INTEGER;

        CREATE TABLE former_keys (
            station TEXT NOT NULL,
            number INTEGER NOT NULL,
            public_key BLOB NOT NULL,
            reason TEXT NOT NULL CHECK (reason IN ('exchanged', 'refused')),
            replaced_unix_seconds INTEGER NOT NULL,
            PRIMARY KEY (station, number)
        ) STRICT, WITHOUT ROWID;
        """
}
