import Vocabulary

/// Limits and places of one ledger. The defaults are a station's.
public struct LedgerOptions: Sendable {
    /// Records that may wait for the disk. One more is answered with `recordFailed` at once. Also the most that one
    /// transaction holds.
    public var queueLimit: Int = 256
    /// Less free space than this, in bytes, is reported as `DiskState.low`.
    public var reserveBytes: Int64 = 256 << 20
    /// Free space and the clocks are looked at this often, and free space after every refused write.
    public var diskCheckPeriod: Duration = .seconds(5)
    /// Which raw readings are pruned; nil: none.
    public var retention: RetentionSettings?
    /// False: nobody will ever acknowledge anything, and the settings say whether that keeps all readings.
    public var hasCluster = true
    /// Between two looks at what may be pruned. One portion is pruned at most in each.
    public var retentionPeriod: Duration = .seconds(10)
    /// Entries that one transaction of retention goes through. A record that comes meanwhile waits for it.
    public var retentionPortionEntries: Int64 = 64
    /// Names this boot of the machine, 32 hexadecimal digits; nil: asked of the kernel.
    public var bootID: String?
    /// Free bytes of the file system that holds the folder; nil if it cannot be told.
    public var freeBytes: @Sendable (_ directory: String) -> Int64? = FileSystem.freeBytes
    /// The ledger refuses to grow beyond this many pages of 4096 bytes; nil: the disk is the limit.
    public var pageLimit: Int?
    /// Names a ledger that is made, 32 hexadecimal digits; nil: drawn by chance.
    package var ledgerID: String?
    /// Entries whose hours one `hoursCorrected` entry, and so one transaction, may correct. Each makes at most one move
    /// of 270 bytes, so that the payload stays within its limit, and two totals, far fewer than a report holds.
    package var hoursPerCorrection = 200
    /// Entries whose hashes and links are checked each time that the ledger is opened.
    package var tailCheckEntries: Int64 = 1000
    package var storage: any LedgerStorage = SystemStorage()

    public init() {}
}

/// Bounds that no installation needs to change.
enum LedgerLimits {
    /// Up to this many pages SQLite's own structure check runs at opening (100 MB); beyond it would hold up the start.
    static let quickCheckPages: Int64 = 25_000
    /// Largest payload of one entry, in bytes.
    static let payloadBytes = 64 << 10
    /// Largest readings of one entry, in bytes.
    static let readingsBytes = 256 << 10
    /// The write-ahead log is cut back to this size, in bytes, after a checkpoint.
    static let walBytes = 16 << 20
    /// How long a statement waits for another connection, in seconds.
    static let busySeconds = 5.0
    /// Problems that a verification spells out; more are only counted.
    static let problems = 20
    /// Differing rows that a recount spells out; more are only counted.
    static let recountRows = 20
    /// Open acceptances that a verification keeps track of. A station has one at a time.
    static let openAcceptances = 1000
    /// Entries among which a look at the status seeks the oldest readings.
    static let oldestReadingsEntries: Int64 = 1000
    /// An export reads entries until their text has this many bytes, and then writes it.
    static let exportPortionBytes = 256 << 10
}
