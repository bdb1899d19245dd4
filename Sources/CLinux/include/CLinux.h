#pragma once
// What Linux offers and Swift's Glibc module does not show, or shows only through pointers that are easy to get wrong.

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

/// A non-blocking, close-on-exec eventfd with count 0; -1 and errno on failure.
int linux_eventfd(void);

/// ppoll(2) without a signal mask: waits at most `nanoseconds`, without end if they are negative. Returns as poll(2)
/// does, which rounds to milliseconds: longer than the gap between two frames of a serial bus.
int linux_poll(struct pollfd *descriptors, unsigned long count, int64_t nanoseconds);

/// Names the calling thread; at most 15 characters.
void linux_name_thread(const char *name);

/// CLOCK_MONOTONIC, which no step of the wall clock moves.
int64_t linux_monotonic_nanoseconds(void);

/// Whether the kernel considers the system clock synchronised (adjtimex(2) does not answer TIME_ERROR).
bool linux_clock_is_synchronised(void);

/// bind(2) and connect(2) of a Unix socket to a path; -1 and errno on failure, ENAMETOOLONG for more than 107 bytes.
int linux_bind_path(int socket, const char *path);
int linux_connect_path(int socket, const char *path);
