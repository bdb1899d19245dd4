#pragma once
// What the benchmarks compare our ledger with: the same rows under the same schema and settings in plain C on SQLite,
// and a bare write with its sync.

#include <stdint.h>

struct bench_ledger;

/// Holds in memory what the ledger at `source` has stored, and makes an empty one at `path` with the same tables,
/// WAL and synchronous = FULL. NULL if one of the two cannot be used; `bench_ledger_error` then says why.
struct bench_ledger *bench_ledger_open(const char *source, const char *path);

/// The first thing that SQLite said no to, of the calling thread.
const char *bench_ledger_error(void);

/// How many entries the source has.
int64_t bench_ledger_entries(const struct bench_ledger *ledger);

/// Stores the source's next `count` entries, with their rows in `returns` and `totals`, in one durable transaction.
/// `nanoseconds` takes how long that took. -1 if SQLite refuses or there are not so many left.
int bench_ledger_add(struct bench_ledger *ledger, int count, int64_t *nanoseconds);

/// The pragma's value on the connection that writes: 2 is FULL.
int bench_ledger_synchronous(struct bench_ledger *ledger);

void bench_ledger_close(struct bench_ledger *ledger);

/// Bytes of one write of the floor.
#define BENCH_FLOOR_BYTES 4096

/// Opens a file of 1 MiB that is already on the disk; -1 and errno if that fails.
int bench_floor_open(const char *path);

/// Overwrites the block `number` (modulo the file's) and syncs it with fdatasync. -1 and errno if that fails.
int bench_floor_write(int descriptor, int64_t number, int64_t *nanoseconds);
