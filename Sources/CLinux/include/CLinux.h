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

/// A close-on-exec epoll(7) descriptor; -1 and errno on failure.
int linux_epoll(void);
/// Watches a descriptor for input from now on, or no longer. `place`, 0 to 63, is what waiting tells. -1 and errno.
int linux_epoll_add(int epoll, int descriptor, unsigned int place);
int linux_epoll_remove(int epoll, int descriptor);
/// Waits as `linux_poll` does. Sets a bit for the place of each descriptor that can be read or is broken, and one in
/// `broken` if an error or a hang-up was told of it. Returns how many there are, 0 after the time, -1 and errno.
int linux_epoll_wait(int epoll, int64_t nanoseconds, uint64_t *ready, uint64_t *broken);

/// Names the calling thread; at most 15 characters.
void linux_name_thread(const char *name);

/// CLOCK_MONOTONIC, which no step of the wall clock moves.
int64_t linux_monotonic_nanoseconds(void);

/// Whether the kernel considers the system clock synchronised (adjtimex(2) does not answer TIME_ERROR).
bool linux_clock_is_synchronised(void);

/// bind(2) and connect(2) of a Unix socket to a path; -1 and errno on failure, ENAMETOOLONG for more than 107 bytes.
int linux_bind_path(int socket, const char *path);
int linux_connect_path(int socket, const char *path);

/// Lets the calling thread's timers fire when they are due: the kernel otherwise adds up to 50 microseconds
/// (PR_SET_TIMERSLACK).
void linux_sharpen_timers(void);

/// Sleeps until CLOCK_MONOTONIC shows `nanoseconds`; returns at once if it does already.
void linux_sleep_until(int64_t nanoseconds);

/// How many bytes can be read from a descriptor without waiting (FIONREAD); -1 and errno on failure.
int linux_pending_bytes(int descriptor);

/// Takes an advisory lock on an open device, so that two programs do not talk on one bus; it ends with the descriptor.
/// -1 and EBUSY if another program holds it.
int linux_claim_device(int descriptor);

/// Has the kernel give a TCP connection up whose peer acknowledges nothing for so long, also while nothing is sent.
void linux_watch_connection(int descriptor, unsigned int milliseconds);
