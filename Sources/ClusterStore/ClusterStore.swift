import ClusterAPI
import FoundationEssentials
import GRDB
import Vocabulary

/// Everything that the cluster knows, in one SQLite file. The server above it holds no state of its own.
///
/// Safe to use from several tasks and several processes at once: the commands work on the file while the server runs.
public final class ClusterStore: ClusterBackend {
    public static let fileName = "cluster.sqlite"
    /// How long one process waits for another's transaction.
    public static let busyTimeoutSeconds: Double = 5
    /// Stations waiting for approval; more are turned away, so that strangers cannot fill the disk.
    public static let pendingStationsLimit = 1000
    /// A station gets a new ledger when its disk is replaced; more of them than this is a fault.
    public static let ledgersPerStationLimit = 64
    /// Refused branches kept for a person to look at.
    public static let forksPerStationLimit = 8
    /// Keys that a station had before the one it has; the oldest are forgotten first.
    public static let formerKeysPerStationLimit = 64

    let database: DatabasePool

    /// Opens the store in `directory`, which must exist; the file is created if it is missing.
    ///
    /// Throws `ClusterStoreError` if the file cannot be opened or does not write through to the disk.
    public init(directory: String) throws {
        let path = directory + "/" + Self.fileName
        var configuration = Configuration()
        configuration.busyMode = .timeout(Self.busyTimeoutSeconds)
        do {
            database = try DatabasePool(path: path, configuration: configuration)
            try Self.writeThrough(database, path: path)
            try Self.bringHome(database)
            try Schema.migrator.migrate(database)
        } catch let error as DatabaseError {
            throw ClusterStoreError(
                message:
                    "The store \(path) could not be opened: \(error). Check that the folder exists, that it may be "
                    + "written and that the disk is not full.")
        }
    }

    /// GRDB sets `synchronous=NORMAL` itself when it turns on the write-ahead log, which may lose what was answered as
    /// held when the power fails. So it is set afterwards, and read back.
    private static func writeThrough(_ database: DatabasePool, path: String) throws {
        let synchronous = try database.writeWithoutTransaction { connection in
            try connection.execute(sql: "PRAGMA synchronous = FULL")
            return try Int.fetchOne(connection, sql: "PRAGMA synchronous")
        }
        guard synchronous == fullSynchronous else {
            throw ClusterStoreError(
                message: "The store \(path) was set to synchronous=FULL, but reads back as "
                    + "\(synchronous.map(String.init) ?? "nothing"): a power cut could lose what is counted.")
        }
    }

    /// Writes everything that the write-ahead log holds into the main file, and syncs it: what the system has kept only
    /// in memory after a failed sync would otherwise be taken for committed, and be lost with all that follows it.
    private static func bringHome(_ database: DatabasePool) throws {
        try database.writeWithoutTransaction { connection in
            do {
                _ = try connection.checkpoint(.truncate)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                // Another process has the store open, and with it the index of what was committed.
            }
        }
    }

    /// What `PRAGMA synchronous` gives for FULL, https://sqlite.org/pragma.html#pragma_synchronous.
    static let fullSynchronous = 2

    /// Throws if the store cannot be read now.
    public func checkHealth() async throws {
        _ = try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM placed_on_market") }
    }
}

/// What went wrong with the store as a whole, and what to do: one sentence.
public struct ClusterStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public var description: String { message }
}
