#include "include/CBenchModbus.h"

#include <errno.h>
#include <modbus/modbus.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

static const int64_t second = 1000000000;

static int64_t read_clock(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * second + time.tv_nsec;
}

static int64_t now(void) {
    return read_clock(CLOCK_MONOTONIC);
}

int64_t bench_process_processor_nanoseconds(void) {
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t bench_thread_processor_nanoseconds(void) {
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

static void sleep_until(int64_t instant) {
    struct timespec time = {.tv_sec = instant / second, .tv_nsec = instant % second};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {
    }
}

static int open_context(modbus_t *context) {
    if (context == NULL) {
        return -1;
    }
    modbus_set_slave(context, 1);
    modbus_set_response_timeout(context, 1, 0);
    if (modbus_connect(context) == 0) {
        return 0;
    }
    int error = errno;
    modbus_free(context);
    errno = error;
    return -1;
}

static void close_context(modbus_t *context) {
    modbus_close(context);
    modbus_free(context);
}

static void begin(struct bench_modbus_run *run) {
    memset(run, 0, sizeof(*run));
    run->elapsed_nanoseconds = -now();
    run->processor_nanoseconds = -bench_thread_processor_nanoseconds();
}

static void end(struct bench_modbus_run *run) {
    run->processor_nanoseconds += bench_thread_processor_nanoseconds();
    run->elapsed_nanoseconds += now();
}

int bench_modbus_tcp(int port, int registers, int count, int64_t *durations, struct bench_modbus_run *run) {
    uint16_t values[MODBUS_MAX_READ_REGISTERS];
    modbus_t *context = modbus_new_tcp("127.0.0.1", port);
    if (open_context(context) != 0) {
        return -1;
    }
    begin(run);
    for (int index = 0; index < count; index++) {
        int64_t start = now();
        if (modbus_read_registers(context, 0, registers, values) != registers) {
            run->failures++;
        }
        durations[index] = now() - start;
    }
    end(run);
    close_context(context);
    return 0;
}

int bench_modbus_rtu(
    const char *path, int baud, int registers, int count, int64_t pause_nanoseconds, struct bench_modbus_run *run) {
    uint16_t values[MODBUS_MAX_READ_REGISTERS];
    modbus_t *context = modbus_new_rtu(path, baud, 'N', 8, 2);
    if (open_context(context) != 0) {
        return -1;
    }
    // A thread's timers are otherwise up to 50 microseconds late.
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    begin(run);
    for (int index = 0; index < count; index++) {
        if (modbus_read_registers(context, 0, registers, values) != registers) {
            run->failures++;
        }
        if (pause_nanoseconds > 0) {
            sleep_until(now() + pause_nanoseconds);
        }
    }
    end(run);
    close_context(context);
    return 0;
}

int bench_modbus_periodic(
    int port, int units, int registers, int64_t period_nanoseconds, int count, struct bench_modbus_run *run) {
    uint16_t values[MODBUS_MAX_READ_REGISTERS];
    modbus_t *context = modbus_new_tcp("127.0.0.1", port);
    if (open_context(context) != 0) {
        return -1;
    }
    int64_t next = now();
    for (int index = -BENCH_STARTING_PERIODS; index < count; index++) {
        if (index == 0) {
            begin(run);
        }
        for (int unit = 1; unit <= units; unit++) {
            modbus_set_slave(context, unit);
            if (modbus_read_registers(context, 0, registers, values) != registers) {
                run->failures++;
            }
        }
        next += period_nanoseconds;
        sleep_until(next);
    }
    end(run);
    close_context(context);
    return 0;
}
