import ClusterAPI
import FoundationEssentials
import GRDB
import Vocabulary
import WriteAheadLog

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
            // First of all, for a pool writes when it is opened.
            try Self.bringHome(path, configuration)
            database = try DatabasePool(path: path, configuration: configuration)
            try Self.writeThrough(database, path: path)
            // What the pool wrote was not synced: a sync that fails later would lose it, and all that stands behind it.
            try database.writeWithoutTransaction { try $0.checkpointUnlessBusy() }
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

    /// See `bringLogHome`.
    private static func bringHome(_ path: String, _ configuration: Configuration) throws {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.bringLogHome() }
        try queue.close()
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
