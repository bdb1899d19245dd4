#include "internal.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Most files grow to some dozen pages at once.
enum { DISKS_LIMIT = 4096, LEAST_ROOM = 65536 };

static pthread_mutex_t disks_lock = PTHREAD_MUTEX_INITIALIZER;
static simdisk *disks[DISKS_LIMIT];

// A simulation without memory has no way on.
static void *must(void *memory) {
    if (memory == NULL) abort();
    return memory;
}

static void bytes_reserve(bytes *bytes, int64_t size) {
    if (size <= bytes->room) return;
    int64_t room = bytes->room < LEAST_ROOM ? LEAST_ROOM : bytes->room;
    while (room < size) room *= 2;
    bytes->data = must(realloc(bytes->data, (size_t)room));
    bytes->room = room;
}

static void bytes_resize(bytes *bytes, int64_t size) {
    bytes_reserve(bytes, size);
    if (size > bytes->size) memset(bytes->data + bytes->size, 0, (size_t)(size - bytes->size));
    bytes->size = size;
}

static void bytes_put(bytes *bytes, int64_t offset, const void *data, int64_t length) {
    // What is written needs no zeros first.
    if (offset > bytes->size) bytes_resize(bytes, offset);
    bytes_reserve(bytes, offset + length);
    if (offset + length > bytes->size) bytes->size = offset + length;
    if (length > 0) memcpy(bytes->data + offset, data, (size_t)length);
}

// MARK: Disks

simdisk *simdisk_make(int64_t capacity) {
    simdisk *disk = must(calloc(1, sizeof(simdisk)));
    disk->capacity = capacity;
    disk->cut_at = -1;
    disk->references = 1;
    pthread_mutex_lock(&disks_lock);
    int number = 0;
    while (number < DISKS_LIMIT && disks[number] != NULL) number++;
    if (number == DISKS_LIMIT) abort();
    disk->number = number;
    disks[number] = disk;
    pthread_mutex_unlock(&disks_lock);
    return disk;
}

simdisk *simdisk_find(int number) {
    pthread_mutex_lock(&disks_lock);
    simdisk *disk = number >= 0 && number < DISKS_LIMIT ? disks[number] : NULL;
    if (disk != NULL) disk->references++;
    pthread_mutex_unlock(&disks_lock);
    return disk;
}

static void folder_release(simdisk *disk, folder *folder) {
    for (int i = 0; i < folder->count; i++) node_release(disk, folder->names[i].node);
    folder->count = 0;
}

static void folder_copy(folder *to, const folder *from) {
    *to = *from;
    for (int i = 0; i < to->count; i++) to->names[i].node->references++;
}

static void pending_clear(simdisk *disk) {
    for (int i = 0; i < disk->pending_count; i++) folder_release(disk, &disk->pending[i]);
    disk->pending_count = 0;
}

void simdisk_release(simdisk *disk) {
    pthread_mutex_lock(&disks_lock);
    bool is_last = --disk->references == 0;
    pthread_mutex_unlock(&disks_lock);
    if (!is_last) return;
    pending_clear(disk);
    folder_release(disk, &disk->now);
    folder_release(disk, &disk->durable);
    free(disk->pending);
    free(disk->records);
    free(disk->record_pool.data);
    free(disk);
}

void simdisk_discard(simdisk *disk) {
    disk->is_off = true;
    pthread_mutex_lock(&disks_lock);
    disks[disk->number] = NULL;
    pthread_mutex_unlock(&disks_lock);
    simdisk_release(disk);
}

int simdisk_number(const simdisk *disk) { return disk->number; }
void simdisk_set_capacity(simdisk *disk, int64_t capacity) { disk->capacity = capacity; }
int64_t simdisk_operations(const simdisk *disk) { return disk->operations; }
bool simdisk_is_off(const simdisk *disk) { return disk->is_off; }

int64_t simdisk_free_bytes(const simdisk *disk) {
    return disk->used < disk->capacity ? disk->capacity - disk->used : 0;
}

int64_t simdisk_unsynced(const simdisk *disk, const char *name) {
    const node *node = node_named(disk, name);
    int64_t count = 0;
    if (node == NULL) return 0;
    for (int64_t i = 0; i < node->write_count; i++) count += node->writes[i].length >= 0;
    return count;
}

void simdisk_cut_after(simdisk *disk, int64_t operations) {
    disk->cut_at = operations < 0 ? -1 : disk->operations + operations;
}

void simdisk_fail(simdisk *disk, int kinds, int64_t times) {
    disk->failing_kinds = kinds;
    disk->failures_left = times;
}

void simdisk_lie(simdisk *disk) { disk->is_lying = true; }

enum outcome simdisk_begin(simdisk *disk, int kind) {
    if (disk->is_off) return POWER_IS_OFF;
    if (kind != SIMDISK_READ) {
        if (disk->operations == disk->cut_at) {
            disk->is_off = true;
            return POWER_IS_OFF;
        }
        disk->operations++;
    }
    if (disk->failures_left > 0 && (disk->failing_kinds & kind) != 0) {
        disk->failures_left--;
        return IO_FAILED;
    }
    return DONE;
}

// MARK: Names

static int folder_index(const folder *folder, const char *text) {
    for (int i = 0; i < folder->count; i++)
        if (strcmp(folder->names[i].text, text) == 0) return i;
    return -1;
}

static void folder_drop(simdisk *disk, folder *folder, int index) {
    node_release(disk, folder->names[index].node);
    folder->names[index] = folder->names[--folder->count];
}

static void folder_put(folder *folder, const char *text, node *node) {
    if (folder->count == SIMDISK_NAMES_LIMIT) abort();
    name *name = &folder->names[folder->count++];
    strncpy(name->text, text, SIMDISK_NAME_LIMIT - 1);
    name->text[SIMDISK_NAME_LIMIT - 1] = 0;
    name->node = node;
    node->references++;
}

// The folder has changed, and no sync covers it yet.
static void names_changed(simdisk *disk) {
    if (disk->pending_count == disk->pending_room) {
        disk->pending_room = disk->pending_room == 0 ? 8 : 2 * disk->pending_room;
        disk->pending = must(realloc(disk->pending, (size_t)disk->pending_room * sizeof(folder)));
    }
    folder_copy(&disk->pending[disk->pending_count++], &disk->now);
}

node *node_named(const simdisk *disk, const char *text) {
    int index = folder_index(&disk->now, text);
    return index < 0 ? NULL : disk->now.names[index].node;
}

node *node_create(simdisk *disk, const char *text) {
    node *node = must(calloc(1, sizeof(struct node)));
    node->id = disk->next_id++;
    folder_put(&disk->now, text, node);
    names_changed(disk);
    simdisk_note(disk, RECORD_CREATE, node->id, 0, 0, NULL, text, NULL);
    return node;
}

void node_release(simdisk *disk, node *node) {
    if (--node->references > 0) return;
    disk->used -= node->now.size;
    for (int i = 0; i < node->region_count; i++) free(node->regions[i]);
    free(node->now.data);
    free(node->durable.data);
    free(node->writes);
    free(node->pool.data);
    free(node);
}

enum outcome names_remove(simdisk *disk, const char *text) {
    int index = folder_index(&disk->now, text);
    if (index < 0) return DONE;
    folder_drop(disk, &disk->now, index);
    names_changed(disk);
    simdisk_note(disk, RECORD_REMOVE, 0, 0, 0, NULL, text, NULL);
    return DONE;
}

enum outcome names_sync(simdisk *disk) {
    folder_release(disk, &disk->durable);
    folder_copy(&disk->durable, &disk->now);
    pending_clear(disk);
    simdisk_note(disk, RECORD_SYNC_NAMES, 0, 0, 0, NULL, NULL, NULL);
    return DONE;
}

static int answer(enum outcome outcome) {
    switch (outcome) {
    case DONE: return 0;
    case DISK_FULL: errno = ENOSPC; return -1;
    case POWER_IS_OFF:
    case IO_FAILED: errno = EIO; return -1;
    }
    return -1;
}

int64_t simdisk_size(const simdisk *disk, const char *text) {
    const node *node = disk->is_off ? NULL : node_named(disk, text);
    if (node != NULL) return node->now.size;
    errno = disk->is_off ? EIO : ENOENT;
    return -1;
}

int simdisk_remove(simdisk *disk, const char *text) {
    enum outcome begun = simdisk_begin(disk, SIMDISK_NAMES);
    if (begun != DONE) return answer(begun);
    if (node_named(disk, text) == NULL) {
        errno = ENOENT;
        return -1;
    }
    return answer(names_remove(disk, text));
}

int simdisk_rename(simdisk *disk, const char *old_name, const char *new_name) {
    enum outcome begun = simdisk_begin(disk, SIMDISK_NAMES);
    if (begun != DONE) return answer(begun);
    int index = folder_index(&disk->now, old_name);
    if (index < 0) {
        errno = ENOENT;
        return -1;
    }
    int replaced = folder_index(&disk->now, new_name);
    node *node = disk->now.names[index].node;
    node->references++;
    if (replaced >= 0) folder_drop(disk, &disk->now, replaced);
    folder_drop(disk, &disk->now, folder_index(&disk->now, old_name));
    folder_put(&disk->now, new_name, node);
    node_release(disk, node);
    names_changed(disk);
    simdisk_note(disk, RECORD_RENAME, 0, 0, 0, NULL, old_name, new_name);
    return 0;
}

int simdisk_sync_names(simdisk *disk) {
    enum outcome begun = simdisk_begin(disk, SIMDISK_SYNC);
    return answer(begun == DONE ? names_sync(disk) : begun);
}

int simdisk_lock(simdisk *disk, const char *text) {
    if (disk->is_off) return answer(POWER_IS_OFF);
    for (int i = 0; i < disk->lock_count; i++)
        if (strcmp(disk->locks[i], text) == 0) {
            errno = EWOULDBLOCK;
            return -1;
        }
    if (disk->lock_count == SIMDISK_NAMES_LIMIT) abort();
    strncpy(disk->locks[disk->lock_count++], text, SIMDISK_NAME_LIMIT - 1);
    return 0;
}

void simdisk_unlock(simdisk *disk, const char *text) {
    for (int i = 0; i < disk->lock_count; i++)
        if (strcmp(disk->locks[i], text) == 0) {
            memmove(disk->locks[i], disk->locks[--disk->lock_count], SIMDISK_NAME_LIMIT);
            memset(disk->locks[disk->lock_count], 0, SIMDISK_NAME_LIMIT);
            return;
        }
}

// MARK: Contents

static void add_unsynced(node *node, int64_t offset, int64_t length, const void *data) {
    if (node->write_count == node->write_room) {
        node->write_room = node->write_room == 0 ? 16 : 2 * node->write_room;
        node->writes = must(realloc(node->writes, (size_t)node->write_room * sizeof(unsynced)));
    }
    node->writes[node->write_count++] = (unsynced){.offset = offset, .length = length, .place = node->pool.size};
    if (length > 0) bytes_put(&node->pool, node->pool.size, data, length);
}

enum outcome node_write(simdisk *disk, node *node, int64_t offset, const void *data, int64_t length) {
    int64_t growth = offset + length - node->now.size;
    if (growth > 0) {
        if (disk->used + growth > disk->capacity) return DISK_FULL;
        disk->used += growth;
    }
    bytes_put(&node->now, offset, data, length);
    add_unsynced(node, offset, length, data);
    simdisk_note(disk, RECORD_WRITE, node->id, offset, length, data, NULL, NULL);
    return DONE;
}

enum outcome node_truncate(simdisk *disk, node *node, int64_t size) {
    if (size >= node->now.size) return DONE;
    disk->used -= node->now.size - size;
    bytes_resize(&node->now, size);
    add_unsynced(node, size, -1, NULL);
    simdisk_note(disk, RECORD_TRUNCATE, node->id, size, 0, NULL, NULL, NULL);
    return DONE;
}

static void apply(bytes *medium, const node *node, const unsynced *write) {
    if (write->length < 0) {
        if (write->offset < medium->size) bytes_resize(medium, write->offset);
    } else {
        bytes_put(medium, write->offset, node->pool.data + write->place, write->length);
    }
}

enum outcome node_sync(simdisk *disk, node *node) {
    for (int64_t i = 0; i < node->write_count; i++) apply(&node->durable, node, &node->writes[i]);
    node->write_count = 0;
    node->pool.size = 0;
    simdisk_note(disk, RECORD_SYNC, node->id, 0, 0, NULL, NULL, NULL);
    return DONE;
}
