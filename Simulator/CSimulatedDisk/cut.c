// What is left of a disk after the power was cut, and disks that are made again from what was recorded.
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512, ROOM_TO_GROW = 65536 };

// SplitMix64, as everywhere in the simulator.
static uint64_t draw(uint64_t *state) {
    uint64_t mixed = *state += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

static void resize(bytes *medium, int64_t size) {
    if (size > medium->room) {
        medium->data = realloc(medium->data, (size_t)size);
        if (medium->data == NULL) abort();
        medium->room = size;
    }
    if (size > medium->size) memset(medium->data + medium->size, 0, (size_t)(size - medium->size));
    medium->size = size;
}

static void put(bytes *medium, const node *node, const unsynced *write, int64_t from, int64_t to) {
    if (write->length < 0) {
        if (write->offset < medium->size) resize(medium, write->offset);
        return;
    }
    if (write->offset + to > medium->size) resize(medium, write->offset + to);
    memcpy(medium->data + write->offset + from, node->pool.data + write->place + from, (size_t)(to - from));
}

// The sectors of the medium, not of the write, are kept or lost: a write need not begin at one's start.
static void put_sectors(bytes *medium, const node *node, const unsynced *write, bool tears, uint64_t *state) {
    if (write->length < 0) {
        if (draw(state) & 1) put(medium, node, write, 0, 0);
        return;
    }
    for (int64_t from = 0; from < write->length;) {
        int64_t to = ((write->offset + from) / SECTOR + 1) * SECTOR - write->offset;
        if (to > write->length) to = write->length;
        uint64_t fate = draw(state);
        if (tears && fate % 4 == 0 && to - from > 1) {
            put(medium, node, write, from, from + 1 + (int64_t)((fate >> 8) % (uint64_t)(to - from - 1)));
        } else if (fate & 16) {
            put(medium, node, write, from, to);
        }
        from = to;
    }
}

// Brings the medium to what it holds after the cut.
static void settle(node *node, enum simdisk_loss loss, uint64_t *state) {
    int64_t count = node->write_count;
    if (count == 0) return;
    int64_t chosen = (int64_t)(draw(state) % (uint64_t)count);
    for (int64_t i = 0; i < count; i++) {
        const unsynced *write = &node->writes[i];
        int64_t whole = write->length;
        switch (loss) {
        case SIMDISK_LOSES_ALL:
        case SIMDISK_LOSSES: break;
        case SIMDISK_KEEPS_ALL: put(&node->durable, node, write, 0, whole); break;
        case SIMDISK_LOSES_SOME:
            if (draw(state) & 1) put(&node->durable, node, write, 0, whole);
            break;
        case SIMDISK_TEARS_SECTORS: put_sectors(&node->durable, node, write, false, state); break;
        case SIMDISK_TEARS_BYTES: put_sectors(&node->durable, node, write, true, state); break;
        case SIMDISK_KEEPS_FIRST:
            if (i < chosen) put(&node->durable, node, write, 0, whole);
            if (i == chosen && whole > 0)
                put(&node->durable, node, write, 0, (int64_t)(draw(state) % (uint64_t)(whole + 1)));
            break;
        case SIMDISK_KEEPS_LAST:
            if (i >= chosen) put(&node->durable, node, write, 0, whole);
            break;
        case SIMDISK_LOSES_ONE:
            if (i != chosen) put(&node->durable, node, write, 0, whole);
            break;
        case SIMDISK_KEEPS_ONE:
            if (i == chosen) put(&node->durable, node, write, 0, whole);
            break;
        }
    }
    node->write_count = 0;
    node->pool.size = 0;
}

// A failed sync: each write is on the medium or not, and the kernel holds all of them for clean.
void node_lose(node *node, uint64_t seed) { settle(node, SIMDISK_TEARS_SECTORS, &seed); }

// With room for what a recovery writes.
static void duplicate(bytes *copy, const bytes *medium) {
    if (medium->size == 0) return;
    copy->size = medium->size;
    copy->room = medium->size + ROOM_TO_GROW;
    copy->data = malloc((size_t)copy->room);
    if (copy->data == NULL) abort();
    memcpy(copy->data, medium->data, (size_t)copy->size);
}

// Files opened before keep their old node; what the medium holds goes on in a new one.
static node *reborn(simdisk *disk, const node *old) {
    node *fresh = calloc(1, sizeof(node));
    if (fresh == NULL) abort();
    fresh->id = old->id;
    duplicate(&fresh->now, &old->durable);
    duplicate(&fresh->durable, &old->durable);
    disk->used += fresh->now.size;
    return fresh;
}

// Dead files keep the node for its locks and shared memory; nobody reads it any more.
static void retire(simdisk *disk, node *node) {
    disk->used -= node->now.size;
    node->now.size = node->durable.size = node->pool.size = 0;
    node->write_count = 0;
}

static void end_process(simdisk *disk) {
    disk->lock_count = 0;
    disk->generation++;
    disk->is_off = false;
    disk->cut_at = -1;
    disk->failures_left = 0;
}

// All files dead, all names those of `left`, all contents as the medium holds them.
static void restart(simdisk *disk, const folder *left) {
    folder fresh = {.count = left->count};
    for (int i = 0; i < left->count; i++) {
        fresh.names[i] = left->names[i];
        fresh.names[i].node = reborn(disk, left->names[i].node);
        fresh.names[i].node->references = 2;
    }
    folder *folders[] = {&disk->now, &disk->durable};
    for (int p = 0; p < disk->pending_count + 2; p++) {
        folder *old = p < 2 ? folders[p] : &disk->pending[p - 2];
        for (int i = 0; i < old->count; i++) {
            retire(disk, old->names[i].node);
            node_release(disk, old->names[i].node);
        }
    }
    disk->pending_count = 0;
    disk->now = fresh;
    disk->durable = fresh;
    end_process(disk);
}

void simdisk_cut(simdisk *disk, enum simdisk_loss loss, uint64_t seed) {
    uint64_t state = seed;
    // A journaling file system keeps the order of its names: some of the first changes are kept.
    int kept = 0;
    switch (loss) {
    case SIMDISK_LOSES_ALL: kept = 0; break;
    case SIMDISK_KEEPS_ALL: kept = disk->pending_count; break;
    default: kept = (int)(draw(&state) % (uint64_t)(disk->pending_count + 1));
    }
    folder left = kept == 0 ? disk->durable : disk->pending[kept - 1];
    for (int i = 0; i < left.count; i++) left.names[i].node->references++;
    for (int i = 0; i < left.count; i++) settle(left.names[i].node, loss, &state);
    restart(disk, &left);
    for (int i = 0; i < left.count; i++) node_release(disk, left.names[i].node);
}

// The same file, as the kernel goes on holding it.
static node *survivor(node *old) {
    if (old->successor != NULL) return old->successor;
    node *fresh = calloc(1, sizeof(node));
    if (fresh == NULL) abort();
    fresh->id = old->id;
    fresh->now = old->now;
    fresh->durable = old->durable;
    fresh->writes = old->writes;
    fresh->write_count = old->write_count;
    fresh->write_room = old->write_room;
    fresh->pool = old->pool;
    old->now = old->durable = old->pool = (bytes){0};
    old->writes = NULL;
    old->write_count = old->write_room = 0;
    old->successor = fresh;
    return fresh;
}

void simdisk_kill(simdisk *disk) {
    // What was written and not synced stays so: a later power cut can still take it.
    folder *folders[] = {&disk->now, &disk->durable};
    for (int p = 0; p < disk->pending_count + 2; p++) {
        folder *folder = p < 2 ? folders[p] : &disk->pending[p - 2];
        for (int i = 0; i < folder->count; i++) {
            node *old = folder->names[i].node;
            folder->names[i].node = survivor(old);
            folder->names[i].node->references++;
            // The successor is found by the old node as long as another folder still names it.
            node_release(disk, old);
        }
    }
    end_process(disk);
}

// MARK: Records

void simdisk_record(simdisk *disk) { disk->is_recording = true; }
int64_t simdisk_recorded(const simdisk *disk) { return disk->record_count; }

void simdisk_note(simdisk *disk, enum record_kind kind, int id, int64_t offset, int64_t length, const void *data,
    const char *text, const char *text2) {
    if (!disk->is_recording) return;
    if (disk->record_count == disk->record_room) {
        disk->record_room = disk->record_room == 0 ? 256 : 2 * disk->record_room;
        disk->records = realloc(disk->records, (size_t)disk->record_room * sizeof(record));
        if (disk->records == NULL) abort();
    }
    record *record = &disk->records[disk->record_count++];
    memset(record, 0, sizeof *record);
    record->kind = kind;
    record->id = id;
    record->offset = offset;
    record->length = length;
    record->place = disk->record_pool.size;
    if (text != NULL) strncpy(record->text, text, SIMDISK_NAME_LIMIT - 1);
    if (text2 != NULL) strncpy(record->text2, text2, SIMDISK_NAME_LIMIT - 1);
    if (data == NULL || length <= 0) return;
    int64_t end = disk->record_pool.size + length;
    if (end > disk->record_pool.room) {
        int64_t room = disk->record_pool.room < 65536 ? 65536 : disk->record_pool.room;
        while (room < end) room *= 2;
        disk->record_pool.data = realloc(disk->record_pool.data, (size_t)room);
        if (disk->record_pool.data == NULL) abort();
        disk->record_pool.room = room;
    }
    memcpy(disk->record_pool.data + record->place, data, (size_t)length);
    disk->record_pool.size = end;
}

// By its id, while its name is known to this folder or to a pending one.
static node *node_with(const simdisk *disk, int id) {
    for (int i = 0; i < disk->now.count; i++)
        if (disk->now.names[i].node->id == id) return disk->now.names[i].node;
    for (int p = 0; p < disk->pending_count; p++)
        for (int i = 0; i < disk->pending[p].count; i++)
            if (disk->pending[p].names[i].node->id == id) return disk->pending[p].names[i].node;
    return NULL;
}

simdisk *simdisk_replay(const simdisk *disk, int64_t count) {
    simdisk *copy = simdisk_make(INT64_MAX / 2);
    for (int64_t i = 0; i < count && i < disk->record_count; i++) {
        const record *record = &disk->records[i];
        node *node = node_with(copy, record->id);
        switch (record->kind) {
        case RECORD_CREATE:
            copy->next_id = record->id;
            node_create(copy, record->text);
            break;
        case RECORD_WRITE:
            if (node != NULL)
                node_write(copy, node, record->offset, disk->record_pool.data + record->place, record->length);
            break;
        case RECORD_TRUNCATE:
            if (node != NULL) node_truncate(copy, node, record->offset);
            break;
        case RECORD_SYNC:
            if (node != NULL) node_sync(copy, node);
            break;
        case RECORD_REMOVE: names_remove(copy, record->text); break;
        case RECORD_RENAME: simdisk_rename(copy, record->text, record->text2); break;
        case RECORD_SYNC_NAMES: names_sync(copy); break;
        }
    }
    return copy;
}

static uint64_t digest_bytes(uint64_t digest, const void *data, int64_t size) {
    const uint8_t *byte = data;
    int64_t i = 0;
    for (; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, byte + i, 8);
        digest = (digest ^ word) * 0x9E3779B97F4A7C15u;
        digest ^= digest >> 29;
    }
    for (; i < size; i++) digest = (digest ^ byte[i]) * 0x100000001B3u;
    return digest ^ (uint64_t)size;
}

uint64_t simdisk_digest(const simdisk *disk) {
    // Added up, so that the order of the names does not matter.
    uint64_t sum = 0;
    for (int i = 0; i < disk->durable.count; i++) {
        const name *name = &disk->durable.names[i];
        uint64_t digest = digest_bytes(0xCBF29CE484222325u, name->text, (int64_t)strlen(name->text));
        sum += digest_bytes(digest, name->node->durable.data, name->node->durable.size);
    }
    return sum;
}
