import Ledger
import SimulatedDisk

/// The ledger's files on a simulated disk.
struct DiskStorage: LedgerStorage {
    let disk: SimulatedDisk

    func size(of path: String) -> Int64? { disk.size(of: path) }

    /// A disk is one folder, which is always there.
    func makeDirectory(_ path: String) {}

    func remove(_ path: String) throws(LedgerError) {
        guard disk.size(of: path) != nil else { return }
        try call("Removing \(path)") { () throws(SimulatedDisk.Refusal) in try disk.remove(path) }
    }

    func rename(_ old: String, to new: String, in directory: String) throws(LedgerError) {
        try call("Renaming \(old) to \(new)") { () throws(SimulatedDisk.Refusal) in
            try disk.rename(old, to: new)
            try disk.syncNames()
        }
    }

    func lock(_ path: String) throws(LedgerError) -> any LedgerLock {
        try call("Locking \(path)") { () throws(SimulatedDisk.Refusal) in try disk.lock(path) }
        return DiskLock(disk: disk, path: path)
    }

    private func call(_ tried: String, _ body: () throws(SimulatedDisk.Refusal) -> Void) throws(LedgerError) {
        do {
            try body()
        } catch {
            throw LedgerError.system(tried, errno: error.code)
        }
    }
}

/// Given back by hand: the end of a machine takes all locks with it, however many values still name them.
private final class DiskLock: LedgerLock {
    private let disk: SimulatedDisk
    private let path: String

    init(disk: SimulatedDisk, path: String) {
        self.disk = disk
        self.path = path
    }

    func release() { disk.unlock(path) }
}
