// SQLite's face of the simulated disks.
#include "internal.h"

#include <malloc.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static const char prefix[] = "/simulated-disk/";
static sqlite3_vfs *real;

typedef struct file {
    sqlite3_file base;
    simdisk *disk;
    node *node;
    uint32_t generation;
    int lock;
    bool syncs_names, uses_shm, is_read_only;
    uint8_t slots_shared, slots_exclusive;
    // Set for a file that is removed when it is closed.
    bool is_passing;
    char name[SIMDISK_NAME_LIMIT];
} file;

static bool is_ours(const char *path) { return path != NULL && strncmp(path, prefix, sizeof prefix - 1) == 0; }

// The disk of a path, with one more reference, and the name on it; NULL if there is none.
static simdisk *find(const char *path, const char **name) {
    char *end;
    long number = strtol(path + sizeof prefix - 1, &end, 10);
    if (*end != '/') return NULL;
    *name = end + 1;
    return simdisk_find((int)number);
}

static bool is_dead(const file *file) { return file->generation != file->disk->generation || file->disk->is_off; }

static int code(enum outcome outcome, int failed) {
    switch (outcome) {
    case DONE: return SQLITE_OK;
    case DISK_FULL: return SQLITE_FULL;
    case POWER_IS_OFF:
    case IO_FAILED: return failed;
    }
    return failed;
}

// MARK: Files

static int file_read(sqlite3_file *base, void *into, int amount, sqlite3_int64 offset) {
    file *file = (struct file *)base;
    if (is_dead(file) || simdisk_begin(file->disk, SIMDISK_READ) != DONE) return SQLITE_IOERR_READ;
    const bytes *now = &file->node->now;
    int64_t there = now->size - offset;
    if (there >= amount) {
        memcpy(into, now->data + offset, (size_t)amount);
        return SQLITE_OK;
    }
    if (there < 0) there = 0;
    if (there > 0) memcpy(into, now->data + offset, (size_t)there);
    memset((uint8_t *)into + there, 0, (size_t)(amount - there));
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *data, int amount, sqlite3_int64 offset) {
    file *file = (struct file *)base;
    if (is_dead(file) || file->is_read_only) return SQLITE_IOERR_WRITE;
    enum outcome begun = simdisk_begin(file->disk, SIMDISK_WRITE);
    if (begun != DONE) return SQLITE_IOERR_WRITE;
    return code(node_write(file->disk, file->node, offset, data, amount), SQLITE_IOERR_WRITE);
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    file *file = (struct file *)base;
    if (is_dead(file) || simdisk_begin(file->disk, SIMDISK_TRUNCATE) != DONE) return SQLITE_IOERR_TRUNCATE;
    return code(node_truncate(file->disk, file->node, size), SQLITE_IOERR_TRUNCATE);
}

static int file_sync(sqlite3_file *base, int flags) {
    (void)flags;
    file *file = (struct file *)base;
    if (is_dead(file)) return SQLITE_IOERR_FSYNC;
    enum outcome begun = simdisk_begin(file->disk, SIMDISK_SYNC);
    if (begun == IO_FAILED) node_lose(file->node, (uint64_t)file->disk->operations);
    if (begun != DONE) return SQLITE_IOERR_FSYNC;
    if (file->disk->is_lying) return SQLITE_OK;
    node_sync(file->disk, file->node);
    if (file->syncs_names) {
        // SQLite's own unix VFS syncs the folder with the first sync of a new journal.
        if (simdisk_begin(file->disk, SIMDISK_SYNC) != DONE) return SQLITE_IOERR_DIR_FSYNC;
        names_sync(file->disk);
        file->syncs_names = false;
    }
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    file *file = (struct file *)base;
    if (is_dead(file)) return SQLITE_IOERR_FSTAT;
    *size = file->node->now.size;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *base, int level) {
    file *file = (struct file *)base;
    node *node = file->node;
    if (is_dead(file)) return SQLITE_IOERR_LOCK;
    if (level <= file->lock) return SQLITE_OK;
    // As the kernel: no write lock on a descriptor that cannot write. So a reader that closes last leaves the log alone.
    if (file->is_read_only && level > SQLITE_LOCK_SHARED) return SQLITE_IOERR_LOCK;
    bool is_blocked = node->exclusive != NULL && node->exclusive != file;
    switch (level) {
    case SQLITE_LOCK_SHARED:
        if (is_blocked) return SQLITE_BUSY;
        node->shared++;
        break;
    case SQLITE_LOCK_RESERVED:
        if (is_blocked || (node->reserved != NULL && node->reserved != file)) return SQLITE_BUSY;
        node->reserved = file;
        break;
    default:
        if (is_blocked || (node->reserved != NULL && node->reserved != file) || node->shared > 1) return SQLITE_BUSY;
        node->reserved = node->exclusive = file;
    }
    file->lock = level;
    return SQLITE_OK;
}

static int file_unlock(sqlite3_file *base, int level) {
    file *file = (struct file *)base;
    node *node = file->node;
    if (level >= file->lock) return SQLITE_OK;
    if (node->exclusive == file) node->exclusive = NULL;
    if (node->reserved == file) node->reserved = NULL;
    if (level == SQLITE_LOCK_NONE && file->lock > SQLITE_LOCK_NONE) node->shared--;
    file->lock = level;
    return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *base, int *is_reserved) {
    *is_reserved = ((file *)base)->node->reserved != NULL;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int operation, void *argument) {
    (void)base, (void)operation, (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *base) {
    (void)base;
    return 4096;
}

static int file_characteristics(sqlite3_file *base) {
    (void)base;
    // As the unix VFS: a torn write damages nothing beside it.
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

// MARK: Shared memory

static int shm_map(sqlite3_file *base, int region, int size, int extends, void volatile **into) {
    file *file = (struct file *)base;
    node *node = file->node;
    if (is_dead(file) || region >= SHM_REGIONS_LIMIT) return SQLITE_IOERR_SHMMAP;
    if (!file->uses_shm) {
        file->uses_shm = true;
        node->shm_users++;
    }
    *into = NULL;
    if (region >= node->region_count && !extends) return SQLITE_OK;
    while (node->region_count <= region) {
        void *memory = calloc(1, (size_t)size);
        if (memory == NULL) return SQLITE_NOMEM;
        node->regions[node->region_count++] = memory;
    }
    *into = node->regions[region];
    return SQLITE_OK;
}

static void release_slot(file *file, int slot) {
    uint8_t bit = (uint8_t)(1u << slot);
    if (file->slots_shared & bit) file->node->slot_shared[slot]--;
    if (file->slots_exclusive & bit) file->node->slot_exclusive[slot] = NULL;
    file->slots_shared &= (uint8_t)~bit;
    file->slots_exclusive &= (uint8_t)~bit;
}

static int shm_lock(sqlite3_file *base, int offset, int count, int flags) {
    file *file = (struct file *)base;
    node *node = file->node;
    if (flags & SQLITE_SHM_UNLOCK) {
        for (int slot = offset; slot < offset + count; slot++) release_slot(file, slot);
        return SQLITE_OK;
    }
    if (is_dead(file)) return SQLITE_IOERR_SHMLOCK;
    bool is_exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    for (int slot = offset; slot < offset + count; slot++) {
        uint8_t bit = (uint8_t)(1u << slot);
        int others = node->slot_shared[slot] - ((file->slots_shared & bit) ? 1 : 0);
        bool is_taken = node->slot_exclusive[slot] != NULL && node->slot_exclusive[slot] != file;
        if (is_taken || (is_exclusive && others > 0)) return SQLITE_BUSY;
    }
    for (int slot = offset; slot < offset + count; slot++) {
        uint8_t bit = (uint8_t)(1u << slot);
        if (is_exclusive) {
            node->slot_exclusive[slot] = file;
            file->slots_exclusive |= bit;
        } else if (!(file->slots_shared & bit)) {
            node->slot_shared[slot]++;
            file->slots_shared |= bit;
        }
    }
    return SQLITE_OK;
}

// One thread uses a disk at a time, so there is nothing to order.
static void shm_barrier(sqlite3_file *base) { (void)base; }

static int shm_unmap(sqlite3_file *base, int removes) {
    (void)removes;
    file *file = (struct file *)base;
    node *node = file->node;
    for (int slot = 0; slot < SHM_SLOTS; slot++) release_slot(file, slot);
    if (!file->uses_shm) return SQLITE_OK;
    file->uses_shm = false;
    if (--node->shm_users > 0) return SQLITE_OK;
    for (int i = 0; i < node->region_count; i++) free(node->regions[i]);
    node->region_count = 0;
    return SQLITE_OK;
}

static int file_close(sqlite3_file *base) {
    file *file = (struct file *)base;
    file_unlock(base, SQLITE_LOCK_NONE);
    shm_unmap(base, 0);
    if (file->is_passing && !is_dead(file)) names_remove(file->disk, file->name);
    node_release(file->disk, file->node);
    simdisk_release(file->disk);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

// MARK: Names

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *granted) {
    (void)vfs;
    if (!is_ours(path)) return real->xOpen(real, path, base, flags, granted);
    file *file = (struct file *)base;
    memset(file, 0, sizeof *file);
    const char *name;
    simdisk *disk = find(path, &name);
    if (disk == NULL) return SQLITE_CANTOPEN;
    node *node = disk->is_off ? NULL : node_named(disk, name);
    if (node == NULL && !disk->is_off && (flags & SQLITE_OPEN_CREATE)) {
        if (simdisk_begin(disk, SIMDISK_NAMES) == DONE) node = node_create(disk, name);
    }
    if (node == NULL) {
        simdisk_release(disk);
        return SQLITE_CANTOPEN;
    }
    node->references++;
    file->disk = disk;
    file->node = node;
    file->generation = disk->generation;
    // As the unix VFS: also if another connection has made the file, which need not have synced its name.
    int kinds = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    file->syncs_names = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & kinds) != 0;
    file->is_read_only = (flags & SQLITE_OPEN_READONLY) != 0;
    file->is_passing = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    strncpy(file->name, name, SIMDISK_NAME_LIMIT - 1);
    file->base.pMethods = &methods;
    if (granted != NULL) *granted = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int syncs_names) {
    (void)vfs;
    if (!is_ours(path)) return real->xDelete(real, path, syncs_names);
    const char *name;
    simdisk *disk = find(path, &name);
    if (disk == NULL) return SQLITE_IOERR_DELETE;
    int result = SQLITE_OK;
    if (simdisk_begin(disk, SIMDISK_NAMES) != DONE) {
        result = SQLITE_IOERR_DELETE;
    } else if (node_named(disk, name) == NULL) {
        result = SQLITE_IOERR_DELETE_NOENT;
    } else {
        names_remove(disk, name);
        if (syncs_names) {
            if (simdisk_begin(disk, SIMDISK_SYNC) == DONE) names_sync(disk);
            else result = SQLITE_IOERR_DIR_FSYNC;
        }
    }
    simdisk_release(disk);
    return result;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
    (void)vfs;
    if (!is_ours(path)) return real->xAccess(real, path, flags, result);
    const char *name;
    simdisk *disk = find(path, &name);
    *result = 0;
    if (disk == NULL) return SQLITE_OK;
    bool is_off = disk->is_off;
    const node *node = is_off ? NULL : node_named(disk, name);
    // As the unix VFS: an empty file does not count as one.
    *result = node != NULL && (flags != SQLITE_ACCESS_EXISTS || node->now.size > 0);
    simdisk_release(disk);
    return is_off ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int room, char *into) {
    (void)vfs;
    if (!is_ours(path)) return real->xFullPathname(real, path, room, into);
    if ((int)strlen(path) >= room) return SQLITE_CANTOPEN;
    strcpy(into, path);
    return SQLITE_OK;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int installed = SQLITE_ERROR;
static sqlite3_vfs ours;

static void install(void) {
    // Each thread works on disks of its own, and would still wait for the others at SQLite's count of all memory. Too
    // late, if SQLite is in use already, does no harm.
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    // Disks come and go: what one has given back the next one takes, without asking the kernel.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    // SQLite's account of its memory is one lock for all threads. Too late, and refused, where a database was open before.
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    real = sqlite3_vfs_find(NULL);
    if (real == NULL) return;
    // What is not about files stays as it is.
    ours = *real;
    ours.pNext = NULL;
    ours.zName = "simulated-disks";
    if (ours.szOsFile < (int)sizeof(file)) ours.szOsFile = (int)sizeof(file);
    ours.xOpen = vfs_open;
    ours.xDelete = vfs_delete;
    ours.xAccess = vfs_access;
    ours.xFullPathname = vfs_full_path;
    installed = sqlite3_vfs_register(&ours, 1);
}

int simdisk_install(void) {
    pthread_once(&once, install);
    return installed;
}
