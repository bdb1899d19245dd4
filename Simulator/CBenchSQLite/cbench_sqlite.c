#include "CBenchSQLite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COLUMNS_LIMIT 32
#define FLOOR_BLOCKS 256

struct row {
    int columns;
    /// A null pointer is NULL.
    sqlite3_value *values[COLUMNS_LIMIT];
};

/// What one entry makes SQLite do.
struct step {
    struct row entry;
    /// Into `returns`: of an acceptance, or of a refusal.
    struct row returned;
    /// Of an outcome: the acceptance's row, which it ends.
    struct row ending;
    /// Into `totals`.
    struct row total;
};

struct bench_ledger {
    sqlite3 *writer;
    sqlite3_stmt *begin, *commit, *entry, *returned, *ending, *total;
    struct step *steps;
    int64_t count, next;
};

static _Thread_local char failure[512];

static int fail(sqlite3 *database, const char *what) {
    snprintf(failure, sizeof failure, "%s: %s", what, database ? sqlite3_errmsg(database) : "out of memory");
    return -1;
}

const char *bench_ledger_error(void) { return failure; }

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

// --- What is to be written ---------------------------------------------------------------------------------------

static int keep(sqlite3_stmt *statement, struct row *row) {
    row->columns = sqlite3_column_count(statement);
    if (row->columns > COLUMNS_LIMIT) return -1;
    for (int column = 0; column < row->columns; column++) {
        row->values[column] = sqlite3_value_dup(sqlite3_column_value(statement, column));
        if (!row->values[column]) return -1;
    }
    return 0;
}

/// An acceptance is stored without its outcome, which the source has by now.
static void open_again(sqlite3 *source, struct row *returned) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(source, "SELECT * FROM returns", -1, &statement, NULL) != SQLITE_OK) return;
    for (int column = 0; column < returned->columns; column++) {
        const char *name = sqlite3_column_name(statement, column);
        if (strcmp(name, "ended_sequence") && strcmp(name, "outcome") && strcmp(name, "cause")
            && strcmp(name, "unix_hour")) continue;
        sqlite3_value_free(returned->values[column]);
        returned->values[column] = NULL;
    }
    sqlite3_finalize(statement);
}

static int is_acceptance(const struct row *entry) {
    for (int column = 0; column < entry->columns; column++) {
        // Asked for its text, a blob would become one.
        if (sqlite3_value_type(entry->values[column]) != SQLITE_TEXT) continue;
        const char *text = (const char *)sqlite3_value_text(entry->values[column]);
        if (text && !strcmp(text, "accepted")) return 1;
    }
    return 0;
}

/// Keeps the one row that the query gives for `sequence`; no row is none.
static int keep_row(sqlite3 *source, const char *sql, int64_t sequence, struct row *row) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(source, sql, -1, &statement, NULL) != SQLITE_OK) return fail(source, sql);
    sqlite3_bind_int64(statement, 1, sequence);
    int result = sqlite3_step(statement);
    int kept = result == SQLITE_ROW ? keep(statement, row) : 0;
    sqlite3_finalize(statement);
    if (result != SQLITE_ROW && result != SQLITE_DONE) return fail(source, sql);
    return kept;
}

static int load_step(sqlite3 *source, int64_t sequence, struct step *step) {
    if (keep_row(source, "SELECT * FROM entry WHERE sequence = ?", sequence, &step->entry)) return -1;
    if (keep_row(source, "SELECT * FROM returns WHERE sequence = ?", sequence, &step->returned)) return -1;
    if (is_acceptance(&step->entry)) open_again(source, &step->returned);
    if (keep_row(
            source, "SELECT ended_sequence, outcome, cause, unix_hour, sequence FROM returns "
            "WHERE ended_sequence = ?1 AND sequence <> ?1", sequence, &step->ending)) return -1;
    return keep_row(
        source,
        "SELECT e.unix_milliseconds / 3600000, coalesce(r.packaging_type, ''), r.material, coalesce(r.stream, ''), "
        "r.outcome, 1, r.mass_milligrams FROM entry AS e JOIN returns AS r ON r.ended_sequence = e.sequence "
        "WHERE e.sequence = ?", sequence, &step->total);
}

static int load(struct bench_ledger *ledger, sqlite3 *source) {
    sqlite3_stmt *statement;
    const char *sql = "SELECT count(*) FROM entry";
    if (sqlite3_prepare_v2(source, sql, -1, &statement, NULL) != SQLITE_OK) return fail(source, sql);
    if (sqlite3_step(statement) == SQLITE_ROW) ledger->count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    ledger->steps = calloc((size_t)ledger->count, sizeof *ledger->steps);
    if (!ledger->steps) return fail(NULL, "Holding the entries");
    for (int64_t index = 0; index < ledger->count; index++)
        if (load_step(source, index + 1, &ledger->steps[index])) return -1;
    return 0;
}

// --- The ledger that is written ----------------------------------------------------------------------------------

static int copy_schema(sqlite3 *source, sqlite3 *writer) {
    const char *sql = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid";
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(source, sql, -1, &statement, NULL) != SQLITE_OK) return fail(source, sql);
    int result = 0;
    while (!result && sqlite3_step(statement) == SQLITE_ROW) {
        const char *create = (const char *)sqlite3_column_text(statement, 0);
        if (sqlite3_exec(writer, create, NULL, NULL, NULL) != SQLITE_OK) result = fail(writer, create);
    }
    sqlite3_finalize(statement);
    return result;
}

static int prepare(sqlite3 *database, const char *sql, sqlite3_stmt **statement) {
    if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) == SQLITE_OK) return 0;
    return fail(database, sql);
}

/// INSERT INTO `table` with as many values as it has columns.
static int prepare_insert(sqlite3 *database, const char *table, sqlite3_stmt **statement) {
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT * FROM %s", table);
    if (prepare(database, sql, statement)) return -1;
    int columns = sqlite3_column_count(*statement);
    sqlite3_finalize(*statement);
    int length = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?", table);
    for (int column = 1; column < columns; column++) length += snprintf(sql + length, sizeof sql - length, ", ?");
    snprintf(sql + length, sizeof sql - length, ")");
    return prepare(database, sql, statement);
}

static int prepare_all(struct bench_ledger *ledger) {
    return prepare(ledger->writer, "BEGIN IMMEDIATE", &ledger->begin)
        || prepare(ledger->writer, "COMMIT", &ledger->commit)
        || prepare_insert(ledger->writer, "entry", &ledger->entry)
        || prepare_insert(ledger->writer, "returns", &ledger->returned)
        || prepare(
            ledger->writer, "UPDATE returns SET ended_sequence = ?, outcome = ?, cause = ?, unix_hour = ? "
            "WHERE sequence = ? AND outcome IS NULL", &ledger->ending)
        || prepare(
            ledger->writer, "INSERT INTO totals VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "units = units + excluded.units, mass_milligrams = mass_milligrams + excluded.mass_milligrams",
            &ledger->total) ? -1 : 0;
}

struct bench_ledger *bench_ledger_open(const char *source_path, const char *path) {
    struct bench_ledger *ledger = calloc(1, sizeof *ledger);
    sqlite3 *source = NULL;
    if (!ledger) return NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int failed = sqlite3_open_v2(source_path, &source, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK
        ? fail(source, source_path)
        : sqlite3_open_v2(path, &ledger->writer, flags, NULL) != SQLITE_OK ? fail(ledger->writer, path) : 0;
    const char *settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216;";
    if (!failed && sqlite3_exec(ledger->writer, settings, NULL, NULL, NULL) != SQLITE_OK)
        failed = fail(ledger->writer, settings);
    if (!failed) failed = copy_schema(source, ledger->writer) || load(ledger, source) || prepare_all(ledger);
    sqlite3_close(source);
    if (!failed) return ledger;
    bench_ledger_close(ledger);
    return NULL;
}

int64_t bench_ledger_entries(const struct bench_ledger *ledger) { return ledger->count; }

int bench_ledger_synchronous(struct bench_ledger *ledger) {
    sqlite3_stmt *statement;
    if (prepare(ledger->writer, "PRAGMA synchronous", &statement)) return -1;
    int value = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) : -1;
    sqlite3_finalize(statement);
    return value;
}

static int run(struct bench_ledger *ledger, sqlite3_stmt *statement) {
    int result = sqlite3_step(statement);
    sqlite3_reset(statement);
    return result == SQLITE_DONE ? 0 : fail(ledger->writer, sqlite3_sql(statement));
}

static int run_row(struct bench_ledger *ledger, sqlite3_stmt *statement, const struct row *row) {
    if (!row->columns) return 0;
    for (int column = 0; column < row->columns; column++)
        if ((row->values[column] ? sqlite3_bind_value(statement, column + 1, row->values[column])
                                 : sqlite3_bind_null(statement, column + 1)) != SQLITE_OK)
            return fail(ledger->writer, "Binding a value");
    return run(ledger, statement);
}

static int add(struct bench_ledger *ledger, const struct step *step) {
    return run_row(ledger, ledger->entry, &step->entry) || run_row(ledger, ledger->returned, &step->returned)
        || run_row(ledger, ledger->ending, &step->ending) || run_row(ledger, ledger->total, &step->total) ? -1 : 0;
}

int bench_ledger_add(struct bench_ledger *ledger, int count, int64_t *nanoseconds) {
    if (ledger->next + count > ledger->count) return fail(NULL, "Adding more entries than there are");
    int64_t start = now();
    if (run(ledger, ledger->begin)) return -1;
    for (int index = 0; index < count; index++)
        if (add(ledger, &ledger->steps[ledger->next + index])) return -1;
    if (run(ledger, ledger->commit)) return -1;
    *nanoseconds = now() - start;
    ledger->next += count;
    return 0;
}

static void forget(struct row *row) {
    for (int column = 0; column < row->columns; column++) sqlite3_value_free(row->values[column]);
}

void bench_ledger_close(struct bench_ledger *ledger) {
    if (!ledger) return;
    sqlite3_stmt *statements[] = {
        ledger->begin, ledger->commit, ledger->entry, ledger->returned, ledger->ending, ledger->total};
    for (size_t index = 0; index < sizeof statements / sizeof *statements; index++) sqlite3_finalize(statements[index]);
    for (int64_t index = 0; ledger->steps && index < ledger->count; index++) {
        forget(&ledger->steps[index].entry);
        forget(&ledger->steps[index].returned);
        forget(&ledger->steps[index].ending);
        forget(&ledger->steps[index].total);
    }
    free(ledger->steps);
    sqlite3_close(ledger->writer);
    free(ledger);
}

// --- The floor ---------------------------------------------------------------------------------------------------

int bench_floor_open(const char *path) {
    static const char zeros[BENCH_FLOOR_BYTES];
    int descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return -1;
    for (int block = 0; block < FLOOR_BLOCKS; block++)
        if (pwrite(descriptor, zeros, sizeof zeros, (off_t)block * BENCH_FLOOR_BYTES) != sizeof zeros) return -1;
    return fsync(descriptor) ? -1 : descriptor;
}

int bench_floor_write(int descriptor, int64_t number, int64_t *nanoseconds) {
    char block[BENCH_FLOOR_BYTES];
    memset(block, (int)(number & 0xff), sizeof block);
    int64_t start = now();
    off_t place = (off_t)(number % FLOOR_BLOCKS) * BENCH_FLOOR_BYTES;
    if (pwrite(descriptor, block, sizeof block, place) != sizeof block || fdatasync(descriptor)) return -1;
    *nanoseconds = now() - start;
    return 0;
}
