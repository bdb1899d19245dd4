#pragma once

// The only place with calls to libgpiod. Its two generations are incompatible; this small interface is the same over
// both. Calls return -1 or NULL after an error and leave its number in `errno`; none of them blocks.
#include <stdint.h>

struct cgpiod_chip;
struct cgpiod_line;

enum cgpiod_bias { CGPIOD_BIAS_AS_IS, CGPIOD_BIAS_DISABLED, CGPIOD_BIAS_PULL_UP, CGPIOD_BIAS_PULL_DOWN };

/// An edge as the kernel saw it.
struct cgpiod_edge {
    /// Nanoseconds of CLOCK_MONOTONIC (kernels before 5.7 stamp in CLOCK_REALTIME).
    int64_t nanoseconds;
    /// The level after the edge, polarity already applied.
    int level;
};

struct cgpiod_chip *cgpiod_chip_open(const char *path);
/// All lines of the chip must have been closed before.
void cgpiod_chip_close(struct cgpiod_chip *chip);

/// Requests an input with events for both edges.
struct cgpiod_line *cgpiod_request_input(
    struct cgpiod_chip *chip, unsigned int offset, const char *consumer, enum cgpiod_bias bias, int is_active_low);
/// Requests an output; its value is 0 from the moment when it becomes one.
struct cgpiod_line *cgpiod_request_output(
    struct cgpiod_chip *chip, unsigned int offset, const char *consumer, int is_active_low);
void cgpiod_line_close(struct cgpiod_line *line);

/// 0 or 1, polarity applied.
int cgpiod_line_get(struct cgpiod_line *line);
int cgpiod_line_set(struct cgpiod_line *line, int value);
/// The descriptor that is readable while edges wait; of an input only.
int cgpiod_line_descriptor(struct cgpiod_line *line);
/// Takes at most `limit` waiting edges, oldest first.
/// Returns how many; 0 if none wait.
int cgpiod_line_drain(struct cgpiod_line *line, struct cgpiod_edge *edges, int limit);
