/// Where the ledger's files lie, as far as SQLite does not see to it. A station has its file system; the explorer has
/// disks that lose power between any two of these calls.
package protocol LedgerStorage: Sendable {
    /// Size in bytes; nil if there is no such file.
    func size(of path: String) -> Int64?
    /// Makes the folder if it is missing.
    func makeDirectory(_ path: String) throws(LedgerError)
    /// A file that is not there is as good as removed.
    func remove(_ path: String) throws(LedgerError)
    /// Renames, and makes the new name durable.
    func rename(_ old: String, to new: String, in directory: String) throws(LedgerError)
    /// Takes the right to write one ledger; throws if somebody else has it.
    func lock(_ path: String) throws(LedgerError) -> any LedgerLock
}

/// The right to write one ledger. Ends with the value at the latest.
package protocol LedgerLock: AnyObject, Sendable {
    /// Lets the next writer in before this value ends.
    func release()
}

/// The machine's file system.
struct SystemStorage: LedgerStorage {
    func size(of path: String) -> Int64? { FileSystem.size(of: path) }
    func makeDirectory(_ path: String) throws(LedgerError) { try FileSystem.makeDirectory(path) }
    func remove(_ path: String) throws(LedgerError) { try FileSystem.remove(path) }
    func rename(_ old: String, to new: String, in directory: String) throws(LedgerError) {
        try FileSystem.rename(old, to: new, in: directory)
    }
    func lock(_ path: String) throws(LedgerError) -> any LedgerLock { try WriterLock(path: path) }
}
