#pragma once

// Counts what this thread takes from the heap. Linked into the benchmarks alone: it stands in for the C library's own
// malloc, which does the work.
#include <stdint.h>

/// Calls of malloc, calloc, realloc and their aligned kin by the calling thread since it began.
uint64_t cbench_allocations(void);
