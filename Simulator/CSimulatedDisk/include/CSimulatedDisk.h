#pragma once
// Disks in memory, on which SQLite works as on real ones, and whose power can be cut between any two operations.
// The storage model stands in docs/exploration.md.

#include <stdbool.h>
#include <stdint.h>

typedef struct simdisk simdisk;

/// What the power cut does to writes that were not synced. Each is one way in which real storage behaves.
enum simdisk_loss {
    SIMDISK_LOSES_ALL,
    SIMDISK_KEEPS_ALL,
    /// Each write is kept or lost as a whole.
    SIMDISK_LOSES_SOME,
    /// Each sector of 512 bytes of each write is kept or lost.
    SIMDISK_TEARS_SECTORS,
    /// Writes are kept up to one, of which only the first bytes are.
    SIMDISK_KEEPS_FIRST,
    /// Reordered: the later writes are kept, the earlier are lost.
    SIMDISK_KEEPS_LAST,
    /// All but one write.
    SIMDISK_LOSES_ONE,
    /// One write only.
    SIMDISK_KEEPS_ONE,
    /// Each sector is kept, lost, or torn at some byte within.
    SIMDISK_TEARS_BYTES,
    SIMDISK_LOSSES
};

/// Kinds of operations, for faults; they can be added.
enum simdisk_kind {
    SIMDISK_READ = 1,
    SIMDISK_WRITE = 2,
    SIMDISK_TRUNCATE = 4,
    SIMDISK_SYNC = 8,
    SIMDISK_NAMES = 16,
};

/// Makes all of SQLite in this process find simulated disks under "/simulated-disk/<number>/". All other paths go to
/// the file system as before. Returns SQLite's result code; calls after the first do nothing.
int simdisk_install(void);

/// An empty disk that holds at most `capacity` bytes.
simdisk *simdisk_make(int64_t capacity);
/// Open files stay usable for closing only.
void simdisk_discard(simdisk *disk);
int simdisk_number(const simdisk *disk);

void simdisk_set_capacity(simdisk *disk, int64_t capacity);
int64_t simdisk_free_bytes(const simdisk *disk);
/// Operations that change something, syncs included, since the disk was made.
int64_t simdisk_operations(const simdisk *disk);
/// Writes to a file that no sync has covered yet; truncations do not count, nor does a file that is not there.
int64_t simdisk_unsynced(const simdisk *disk, const char *name);
/// The power goes before the operation after the next `operations`; negative: never.
void simdisk_cut_after(simdisk *disk, int64_t operations);
/// Whether the power is gone: every operation fails.
bool simdisk_is_off(const simdisk *disk);
/// The next `times` operations of these kinds fail with an I/O error. A sync that fails leaves each of its writes kept
/// or lost, and no later sync brings the lost ones back.
void simdisk_fail(simdisk *disk, int kinds, int64_t times);
/// From now on a sync answers that it is done and does nothing, as drives with a write cache have done.
void simdisk_lie(simdisk *disk);

/// The power is cut and comes back: what was not synced is kept or lost as `loss` and `seed` say. Open files are dead.
void simdisk_cut(simdisk *disk, enum simdisk_loss loss, uint64_t seed);
/// The process dies and the machine goes on: nothing written is lost. Open files are dead.
void simdisk_kill(simdisk *disk);

/// The calls that programs make beside SQLite's; -1 and errno on failure. Names are those inside the disk.
int64_t simdisk_size(const simdisk *disk, const char *name);
int simdisk_remove(simdisk *disk, const char *name);
/// Renames without making the new name durable.
int simdisk_rename(simdisk *disk, const char *old_name, const char *new_name);
/// Makes all names durable, as fsync(2) of the folder.
int simdisk_sync_names(simdisk *disk);
/// One holder at a time, until it unlocks, the process dies or the power goes.
int simdisk_lock(simdisk *disk, const char *name);
void simdisk_unlock(simdisk *disk, const char *name);

/// From now on every operation is recorded.
void simdisk_record(simdisk *disk);
int64_t simdisk_recorded(const simdisk *disk);
/// A new disk on which the first `count` recorded operations were made, none of them synced but by the syncs among
/// them.
simdisk *simdisk_replay(const simdisk *disk, int64_t count);
/// Of all names and contents as they are durable.
uint64_t simdisk_digest(const simdisk *disk);
