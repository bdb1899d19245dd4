#pragma once

// The only place of the daemon with calls to libgpiod. Its two generations are incompatible; this small interface is
// the same over both. Calls return -1 or NULL after an error and leave its number in `errno`; none of them blocks.
#include <stddef.h>
#include <stdint.h>

/// Of libgpiod's API, as this was compiled: 1 or 2.
extern const int cgpiod_generation;

/// As many lines as the kernel takes in one request.
#define CGPIOD_LINES_LIMIT 64
/// Edges that one call of `cgpiod_lines_drain` takes at most.
#define CGPIOD_DRAIN_LIMIT 64
/// Edges that the kernel keeps for the inputs of one request; the most that it allows. Second generation only: the
/// first keeps 16 for each line.
#define CGPIOD_EVENT_BUFFER 1024
/// A line's name with its end; the kernel cuts longer ones.
#define CGPIOD_NAME_SIZE 32

/// What the kernel says of a line without its being requested.
struct cgpiod_line_info {
    /// Empty if it has none.
    char name[CGPIOD_NAME_SIZE];
    /// What its user calls itself; empty if it is free, or its user has not said.
    char consumer[CGPIOD_NAME_SIZE];
    /// Held by a process, or by a driver of the kernel.
    int is_used;
    int is_output;
};

struct cgpiod_chip;
/// Lines of one direction that were requested together.
struct cgpiod_lines;

enum cgpiod_bias { CGPIOD_BIAS_AS_IS, CGPIOD_BIAS_DISABLED, CGPIOD_BIAS_PULL_UP, CGPIOD_BIAS_PULL_DOWN };
enum cgpiod_drive { CGPIOD_PUSH_PULL, CGPIOD_OPEN_DRAIN, CGPIOD_OPEN_SOURCE };

/// A line that is wanted. Inputs take no drive and no value.
struct cgpiod_wish {
    unsigned int offset;
    int is_active_low;
    enum cgpiod_bias bias;
    enum cgpiod_drive drive;
    /// Of an output: driven from the moment when it becomes one, polarity applied.
    int value;
};

/// An edge as the kernel saw it.
struct cgpiod_edge {
    /// Nanoseconds of CLOCK_MONOTONIC (kernels before 5.7 stamp the first generation's in CLOCK_REALTIME).
    int64_t nanoseconds;
    /// The line's place among those that were requested together.
    unsigned int line;
    /// The level after the edge, polarity applied.
    int level;
    /// Edges of this line that the kernel dropped right before this one. Second generation only.
    unsigned int lost;
};

struct cgpiod_chip *cgpiod_chip_open(const char *path);
/// All lines of the chip must have been closed before.
void cgpiod_chip_close(struct cgpiod_chip *chip);
/// How many lines the chip has.
int cgpiod_chip_line_count(struct cgpiod_chip *chip);
/// Writes the line's name, which is empty if it has none.
int cgpiod_chip_line_name(struct cgpiod_chip *chip, unsigned int offset, char name[CGPIOD_NAME_SIZE]);

/// Tells how the line is, and changes nothing.
int cgpiod_chip_line_info(struct cgpiod_chip *chip, unsigned int offset, struct cgpiod_line_info *info);

/// Requests inputs with events for both edges: all of them or none. E2BIG if they are too many or too diverse.
struct cgpiod_lines *cgpiod_request_inputs(
    struct cgpiod_chip *chip, const struct cgpiod_wish *wishes, unsigned int count, const char *consumer);
/// Requests outputs: all of them or none.
struct cgpiod_lines *cgpiod_request_outputs(
    struct cgpiod_chip *chip, const struct cgpiod_wish *wishes, unsigned int count, const char *consumer);
/// Gives the lines back; what becomes of outputs is the chip's affair, so set them to a safe value first.
void cgpiod_lines_close(struct cgpiod_lines *lines);

/// 0 or 1, polarity applied.
int cgpiod_lines_get(struct cgpiod_lines *lines, unsigned int line);
/// Sets the lines whose bits are in `which` to the value, in one call of the kernel where it allows that.
int cgpiod_lines_set(struct cgpiod_lines *lines, uint64_t which, int value);

/// Descriptors that are readable while edges wait: one for all inputs (second generation) or one for each (first).
unsigned int cgpiod_lines_descriptor_count(const struct cgpiod_lines *lines);
int cgpiod_lines_descriptor(const struct cgpiod_lines *lines, unsigned int descriptor);
/// Takes waiting edges of one descriptor, oldest first, at most CGPIOD_DRAIN_LIMIT.
/// - may_have_lost: set to 1 if edges may be missing, also of lines that are not among those taken; else to 0.
/// Returns how many; 0 if none wait.
int cgpiod_lines_drain(
    struct cgpiod_lines *lines, unsigned int descriptor, struct cgpiod_edge *edges, int *may_have_lost);
