#pragma once
#include "include/CSimulatedDisk.h"

#include <stddef.h>

enum { SIMDISK_NAME_LIMIT = 96, SIMDISK_NAMES_LIMIT = 16, SHM_SLOTS = 8, SHM_REGIONS_LIMIT = 64 };

typedef struct bytes {
    uint8_t *data;
    int64_t size, room;
} bytes;

// A write that is not synced yet; `length` -1: a truncation to `offset`.
typedef struct unsynced {
    int64_t offset, length;
    // Where its bytes are in the node's pool.
    int64_t place;
} unsynced;

// A file, whatever its name is.
typedef struct node {
    int references;
    int id;
    // What goes on in this one's place after the process has died.
    struct node *successor;
    // What programs see, and what the medium holds.
    bytes now, durable;
    unsynced *writes;
    int64_t write_count, write_room;
    bytes pool;
    // SQLite's locks on the file and its shared memory.
    int shared;
    const void *reserved, *exclusive;
    void *regions[SHM_REGIONS_LIMIT];
    int region_count, shm_users;
    int slot_shared[SHM_SLOTS];
    const void *slot_exclusive[SHM_SLOTS];
} node;

typedef struct name {
    char text[SIMDISK_NAME_LIMIT];
    node *node;
} name;

typedef struct folder {
    name names[SIMDISK_NAMES_LIMIT];
    int count;
} folder;

enum record_kind { RECORD_CREATE, RECORD_WRITE, RECORD_TRUNCATE, RECORD_SYNC, RECORD_REMOVE, RECORD_RENAME,
    RECORD_SYNC_NAMES };

typedef struct record {
    enum record_kind kind;
    int id;
    int64_t offset, length, place;
    char text[SIMDISK_NAME_LIMIT], text2[SIMDISK_NAME_LIMIT];
} record;

struct simdisk {
    int number;
    int references;
    // Files opened before the last cut are dead.
    uint32_t generation;
    bool is_off, is_recording, is_lying;
    int64_t capacity, used;
    int64_t operations, cut_at;
    int failing_kinds;
    int64_t failures_left;
    int next_id;
    folder now, durable;
    // Changes of names that are not synced, in order: the folder after each.
    folder *pending;
    int pending_count, pending_room;
    char locks[SIMDISK_NAMES_LIMIT][SIMDISK_NAME_LIMIT];
    int lock_count;
    record *records;
    int64_t record_count, record_room;
    bytes record_pool;
};

// Found by its number, with one more reference; NULL if there is none.
simdisk *simdisk_find(int number);
void simdisk_release(simdisk *disk);

node *node_named(const simdisk *disk, const char *text);
node *node_create(simdisk *disk, const char *text);
void node_release(simdisk *disk, node *node);

enum outcome { DONE, POWER_IS_OFF, IO_FAILED, DISK_FULL };

// Counts the operation and says whether it happens.
enum outcome simdisk_begin(simdisk *disk, int kind);
enum outcome node_write(simdisk *disk, node *node, int64_t offset, const void *data, int64_t length);
enum outcome node_truncate(simdisk *disk, node *node, int64_t size);
enum outcome node_sync(simdisk *disk, node *node);
// What a sync that fails leaves behind.
void node_lose(node *node, uint64_t seed);
enum outcome names_remove(simdisk *disk, const char *text);
enum outcome names_sync(simdisk *disk);
void simdisk_note(simdisk *disk, enum record_kind kind, int id, int64_t offset, int64_t length, const void *data,
    const char *text, const char *text2);
