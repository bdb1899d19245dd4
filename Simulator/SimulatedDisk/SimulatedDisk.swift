import CSimulatedDisk
import Glibc

/// A disk in memory on which SQLite works as on a real one, and whose power can be cut between any two operations.
/// What may happen to writes that were not synced stands in docs/exploration.md.
///
/// One thread at a time uses a disk and the connections on it.
public final class SimulatedDisk: @unchecked Sendable {
    // Unchecked: the pointer never changes, and the owner keeps to the rule above.
    private let disk: OpaquePointer

    /// What a power cut does to writes that were not synced.
    public enum Loss: UInt32, CaseIterable, Sendable {
        case losesAll, keepsAll, losesSome, tearsSectors, keepsFirst, keepsLast, losesOne, keepsOne, tearsBytes
    }

    /// Kinds of operations that can be made to fail.
    public struct Kinds: OptionSet, Sendable {
        public let rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }
        public static let read = Kinds(rawValue: 1)
        public static let write = Kinds(rawValue: 2)
        public static let truncate = Kinds(rawValue: 4)
        public static let sync = Kinds(rawValue: 8)
        public static let names = Kinds(rawValue: 16)
    }

    /// A system call's answer: errno.
    public struct Refusal: Error, Hashable, Sendable {
        public var code: Int32
    }

    /// The folder that all paths on this disk begin with. SQLite finds it under this name in the whole process.
    public let folder: String

    public convenience init(capacityBytes: Int64 = 1 << 40) {
        let code = simdisk_install()
        guard code == 0, let disk = simdisk_make(capacityBytes) else {
            fatalError("SQLite does not take the simulated disks: it answered \(code).")
        }
        self.init(disk)
    }

    private init(_ disk: OpaquePointer) {
        self.disk = disk
        folder = "/simulated-disk/\(simdisk_number(disk))"
    }

    deinit { simdisk_discard(disk) }

    public var capacityBytes: Int64 = 1 << 40 { didSet { simdisk_set_capacity(disk, capacityBytes) } }
    public var freeBytes: Int64 { simdisk_free_bytes(disk) }
    /// Operations that change something or sync, since the disk was made.
    public var operations: Int64 { simdisk_operations(disk) }
    /// Writes to a file that no sync has covered yet.
    public func unsyncedWrites(to path: String) -> Int64 { simdisk_unsynced(disk, name(path)) }
    /// The power is gone: every operation fails until `cut` brings it back.
    public var isOff: Bool { simdisk_is_off(disk) }

    /// The power goes before the operation after the next `operations`; nil: not by itself.
    public func goOff(after operations: Int64?) { simdisk_cut_after(disk, operations ?? -1) }

    /// The next `times` operations of these kinds fail.
    public func fail(_ kinds: Kinds, times: Int64) { simdisk_fail(disk, kinds.rawValue, times) }

    /// From now on a sync answers that it is done and does nothing.
    public func lieAboutSyncs() { simdisk_lie(disk) }

    /// The power goes, and comes back. Connections from before can only be closed.
    public func cut(_ loss: Loss, seed: UInt64) { simdisk_cut(disk, simdisk_loss(loss.rawValue), seed) }

    /// The process dies and the machine goes on: what was written is there. Connections from before can only be closed.
    public func kill() { simdisk_kill(disk) }

    // MARK: The calls that programs make beside SQLite's

    public func size(of path: String) -> Int64? {
        let size = simdisk_size(disk, name(path))
        return size < 0 ? nil : size
    }

    public func remove(_ path: String) throws(Refusal) { try check(simdisk_remove(disk, name(path))) }

    /// Renames; `syncNames` makes it durable.
    public func rename(_ old: String, to new: String) throws(Refusal) {
        try check(simdisk_rename(disk, name(old), name(new)))
    }

    public func syncNames() throws(Refusal) { try check(simdisk_sync_names(disk)) }

    /// Throws `EWOULDBLOCK` while somebody else has it.
    public func lock(_ path: String) throws(Refusal) { try check(simdisk_lock(disk, name(path))) }
    public func unlock(_ path: String) { simdisk_unlock(disk, name(path)) }

    private func name(_ path: String) -> String {
        path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
    }

    private func check(_ result: Int32) throws(Refusal) {
        guard result != 0 else { return }
        throw Refusal(code: errno)
    }

    // MARK: Records

    /// From now on every operation is recorded.
    public func record() { simdisk_record(disk) }
    public var recordedOperations: Int64 { simdisk_recorded(disk) }

    /// A new disk on which the first `count` recorded operations were made, and nothing more.
    public func replay(_ count: Int64) -> SimulatedDisk {
        guard let copy = simdisk_replay(disk, count) else { fatalError("A disk could not be made.") }
        return SimulatedDisk(copy)
    }

    /// Of everything that is durable: two disks that hold the same have the same digest.
    public var digest: UInt64 { simdisk_digest(disk) }
}
