import ClusterAPI
import FoundationEssentials
import GRDB
import Vocabulary
import WriteAheadLog

/// Where a ledger lies.
struct LedgerPlace: Sendable {
    var directory: String
    var storage: any LedgerStorage = SystemStorage()

    var database: String { directory + "/ledger.sqlite" }
    var writeAheadLog: String { database + "-wal" }
    /// A ledger that is being made; it gets its name when it is whole.
    var unfinished: String { directory + "/ledger.sqlite.unfinished" }
    var lock: String { directory + "/ledger.lock" }
}

/// The rules by which a ledger is made, looked at and opened. Whoever writes holds the `WriterLock`.
enum LedgerFile {
    struct Opened {
        var writing: DatabaseQueue
        /// Cannot change anything.
        var reading: DatabaseQueue
        var identity: LedgerIdentity
    }

    /// Opens the ledger for writing, and makes it if there is none. A file that is refused is not changed.
    ///
    /// The connection by which the ledger was looked at stays for reading: to open one costs more than a few items do,
    /// as all pages of the write-ahead log are looked at for its index.
    static func openForWriting(
        _ place: LedgerPlace, station: StationID, options: LedgerOptions
    ) throws -> Opened {
        if place.storage.size(of: place.database) == nil {
            try create(place, station: station, ledger: options.ledgerID ?? newLedgerID())
        }
        var reading = try openForReading(place, takesBack: true)
        let (identity, isMigrated) = try reading.read { db in
            (
                try inspect(db, place: place, station: station, tailEntries: options.tailCheckEntries),
                try LedgerSchema.migrator.hasCompletedMigrations(db)
            )
        }
        let queue = try DatabaseQueue(path: place.database, configuration: writerConfiguration(options))
        // What cannot be written there keeps the ledger from opening.
        try queue.writeWithoutTransaction { db in try db.bringLogHome() }
        if !isMigrated { try LedgerSchema.migrator.migrate(queue) }
        try queue.writeWithoutTransaction { db in
            // Ledgers made by versions up to 0.2.0 may have another one.
            _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try proveDurability(db)
            try db.execute(sql: "PRAGMA journal_size_limit = \(LedgerLimits.walBytes)")
        }
        if !reading.configuration.readonly {
            try reading.close()
            reading = try openForReading(place)
        }
        return Opened(writing: queue, reading: reading, identity: identity)
    }

    /// A connection that cannot change anything.
    /// - Parameter takesBack: the caller may write, and a change that was cut off is first taken back as its journal
    ///   says. Ledgers have none once they have their name, but those made by versions up to 0.2.0 may.
    static func openForReading(_ place: LedgerPlace, takesBack: Bool = false) throws(LedgerError) -> DatabaseQueue {
        guard place.storage.size(of: place.database) != nil else {
            throw LedgerError(
                .notOpen, "There is no ledger \(place.database). Check the state directory in the configuration.")
        }
        var configuration = Configuration()
        configuration.readonly = !takesBack || place.storage.size(of: place.database + "-journal") == nil
        configuration.label = "ledger-reader"
        configuration.busyMode = .timeout(LedgerLimits.busySeconds)
        do {
            return try DatabaseQueue(path: place.database, configuration: configuration)
        } catch {
            throw LedgerError(error, tried: "Opening the ledger \(place.database)")
        }
    }

    /// WAL keeps committed transactions over a power cut only with `synchronous = FULL`, and what SQLite is built with
    /// may be NORMAL. So the connection itself is asked, and without its word nothing is written.
    static func proveDurability(_ db: Database) throws {
        let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
        let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode")
        guard synchronous == 2, journal == "wal" else {
            throw LedgerError(
                .notDurable,
                "Opening the ledger for writing: the connection has synchronous = \(synchronous ?? -1) and journal "
                    + "mode \(journal ?? "unknown"), needed are 2 (FULL) and wal. Put the state directory on a local "
                    + "file system.")
        }
    }

    private static func writerConfiguration(_ options: LedgerOptions) -> Configuration {
        var configuration = Configuration()
        // GRDB's own way of turning on the write-ahead log makes and drops a table at each opening.
        configuration.label = "ledger-writer"
        configuration.busyMode = .timeout(LedgerLimits.busySeconds)
        if let limit = options.pageLimit {
            configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA max_page_count = \(limit)") }
        }
        return configuration
    }

    /// A new ledger gets its name only when it is whole and durable. So a file of that name is never half made, and an
    /// empty or strange one is damage.
    private static func create(_ place: LedgerPlace, station: StationID, ledger: String) throws {
        if let size = place.storage.size(of: place.writeAheadLog), size > 0 {
            throw LedgerError.damaged(
                place.database, "the file itself is gone, only its write-ahead log of \(size) bytes is there.")
        }
        try place.storage.remove(place.unfinished)
        for suffix in ["-journal", "-wal", "-shm"] { try place.storage.remove(place.unfinished + suffix) }
        let queue = try DatabaseQueue(path: place.unfinished)
        try LedgerSchema.migrator.migrate(queue)
        try queue.write { db in
            try db.execute(
                sql: "INSERT INTO ledger VALUES (1, ?, ?)", arguments: [ledger, station.rawValue])
        }
        // Before it has its name: a power cut in this change leaves a journal that only a writer can take back, and the
        // next start looks at the file without writing.
        try queue.writeWithoutTransaction { db in _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") }
        try queue.close()
        try place.storage.rename(place.unfinished, to: place.database, in: place.directory)
    }

    private static func newLedgerID() -> String {
        var random = SystemRandomNumberGenerator()
        return hexadecimal((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }
}

extension LedgerFile {
    /// Whether this is a ledger of this station that this software may write; throws a sentence if it is not.
    static func inspect(
        _ db: Database, place: LedgerPlace, station: StationID, tailEntries: Int64
    ) throws -> LedgerIdentity {
        try checkFormat(db, place: place)
        let identity = try EntryTable.identity(db)
        guard identity.station == station.rawValue else {
            throw LedgerError(
                .otherStation,
                "The ledger \(place.database) belongs to station \(identity.station), this is \(station). Nothing was "
                    + "changed; correct the station's name, or give this station a state directory of its own.")
        }
        try checkStructure(db, place: place)
        try checkTail(db, identity, place: place, entries: tailEntries)
        return identity
    }

    static func checkFormat(_ db: Database, place: LedgerPlace) throws {
        let application = try Int64.fetchOne(db, sql: "PRAGMA application_id")
        guard application == LedgerSchema.applicationID else {
            throw LedgerError.damaged(place.database, "it is an SQLite file, but not a ledger.")
        }
        let format = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard try format <= LedgerSchema.formatVersion && !LedgerSchema.migrator.hasBeenSuperseded(db) else {
            throw LedgerError(
                .newerFormat,
                "The ledger \(place.database) has format version \(format); this software knows versions up to "
                    + "\(LedgerSchema.formatVersion). Nothing was changed; install the version that wrote it, or a "
                    + "newer one.")
        }
    }

    private static func checkStructure(_ db: Database, place: LedgerPlace) throws {
        let pages = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        guard pages <= LedgerLimits.quickCheckPages else { return }
        let answer = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "nothing"
        guard answer != "ok" else { return }
        throw LedgerError.damaged(place.database, "SQLite's quick_check says \"\(answer)\".")
    }

    private static func checkTail(
        _ db: Database, _ identity: LedgerIdentity, place: LedgerPlace, entries: Int64
    ) throws {
        let last = try EntryTable.head(db).sequence
        let start = max(0, last - entries)
        guard let head = try EntryTable.head(at: start, db) else {
            throw LedgerError.damaged(place.database, "entry \(start) is missing.")
        }
        var check = ChainCheck(identity: identity, after: head)
        try EntryTable.visit(after: start, db) { entry, _ in
            if let problem = check.problems(of: entry).first { throw LedgerError.damaged(place.database, problem) }
            return true
        }
        let acknowledged = try Uplink.acknowledgedSequence(db)
        guard acknowledged > last else { return }
        throw LedgerError.damaged(
            place.database, "the cluster has acknowledged entry \(acknowledged), but the last one is \(last).")
    }
}

/// How far the cluster has acknowledged the ledger. Not a projection: it cannot be had from the entries.
enum Uplink {
    static func acknowledgedSequence(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT acknowledged_sequence FROM uplink WHERE id = 1")) ?? 0
    }

    /// Never moves back; refuses what is not in the ledger.
    static func acknowledge(upTo sequence: Int64, _ db: Database) throws {
        let last = try EntryTable.head(db).sequence
        guard sequence <= last else {
            throw LedgerError(
                .invalidRequest,
                "Remembering that the cluster holds entry \(sequence): the ledger ends at \(last). The cluster holds "
                    + "another history of this ledger; tell support.")
        }
        try db.run("UPDATE uplink SET acknowledged_sequence = max(acknowledged_sequence, ?)") { $0.add(sequence) }
    }
}
