#pragma once
// What Linux offers and Swift's Glibc module does not show.

#include <stdbool.h>
#include <stdint.h>
#include <poll.h>

/// A non-blocking, close-on-exec eventfd with count 0; -1 and errno on failure.
int linux_eventfd(void);

/// ppoll(2) without a signal mask: waits at most `nanoseconds` (not negative). Returns as poll(2) does.
int linux_poll(struct pollfd *descriptors, unsigned long count, int64_t nanoseconds);

/// Names the calling thread; at most 15 characters.
void linux_name_thread(const char *name);

/// Whether the kernel considers the system clock synchronised (adjtimex(2) does not answer TIME_ERROR).
bool linux_clock_is_synchronised(void);
