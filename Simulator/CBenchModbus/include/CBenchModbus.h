#pragma once
// What the benchmarks compare our Modbus master with: the same work in plain C on libmodbus, and nothing else.

#include <stdint.h>

struct bench_modbus_run {
    /// From the first request to the last answer.
    int64_t elapsed_nanoseconds;
    /// The calling thread's processor time meanwhile.
    int64_t processor_nanoseconds;
    /// Exchanges that brought no answer.
    int failures;
};

/// Reads `registers` holding registers from address 0 of unit 1 at 127.0.0.1, `count` times, one after the other.
/// `durations` takes the nanoseconds of each. -1 and errno if there is no connection.
int bench_modbus_tcp(int port, int registers, int count, int64_t *durations, struct bench_modbus_run *run);

/// The same over a serial port with 8N2. After each answer the line is left silent for `pause_nanoseconds`, to the
/// microsecond; 0 leaves it at what libmodbus does by itself. -1 and errno if the port cannot be opened.
int bench_modbus_rtu(
    const char *path, int baud, int registers, int count, int64_t pause_nanoseconds, struct bench_modbus_run *run);

/// Periods that are not measured: a master's connection, and what it makes once and keeps.
#define BENCH_STARTING_PERIODS 2

/// Reads `registers` holding registers from address 0 of the units 1 to `units` at the begin of each of `count` periods,
/// after the starting ones.
int bench_modbus_periodic(
    int port, int units, int registers, int64_t period_nanoseconds, int count, struct bench_modbus_run *run);

/// CLOCK_PROCESS_CPUTIME_ID and CLOCK_THREAD_CPUTIME_ID, in nanoseconds.
int64_t bench_process_processor_nanoseconds(void);
int64_t bench_thread_processor_nanoseconds(void);
