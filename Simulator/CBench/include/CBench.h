#pragma once

// What the control loop's GPIO is measured against: the same job in plain C, without a station around it.
#include <stdint.h>

/// Of libgpiod's API, as this was compiled: 1 or 2.
extern const int cbench_generation;

struct cbench_loop;

/// Requests one input with events for both edges and one output. NULL and errno on failure.
struct cbench_loop *cbench_open(const char *chip, unsigned int input, unsigned int output);
void cbench_close(struct cbench_loop *loop);

/// For `count` edges: polls the descriptor, reads the event, sets the output to the event's level, and notes how many
/// nanoseconds of CLOCK_MONOTONIC lie between the kernel's time of the edge and the return of the setting call,
/// negative for falling edges. Writes to the eventfd `told` after each. Gives up if an edge does not come for a second.
/// Returns -1 and errno on failure.
int cbench_run(struct cbench_loop *loop, int64_t *latencies, int count, int told);
