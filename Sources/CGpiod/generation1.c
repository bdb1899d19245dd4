// libgpiod 1.x over the kernel's first line interface: one descriptor for each input, outputs of equal flags together.
#include <gpiod.h>

// This macro exists in the header of the first generation only.
#ifdef GPIOD_LINE_BULK_MAX_LINES

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "include/CGpiod.h"
#include "nonblocking.h"

const int cgpiod_generation = 1;

/// Edges that the kernel keeps for one line. It drops the newest without a word when they are too many.
#define KERNEL_BUFFER 16

struct member {
    struct gpiod_line *line;
    /// Of an output, as last set: one call sets all lines of a group.
    int value;
    unsigned int group;
};

struct cgpiod_lines {
    struct member members[CGPIOD_LINES_LIMIT];
    unsigned int count;
    int are_inputs;
    /// Outputs of equal flags, requested together. A line's place in its group is the order of `members`.
    struct gpiod_line_bulk groups[CGPIOD_LINES_LIMIT];
    int flags[CGPIOD_LINES_LIMIT];
    unsigned int group_count;
};

struct cgpiod_chip *cgpiod_chip_open(const char *path) {
    return (struct cgpiod_chip *)gpiod_chip_open(path);
}

void cgpiod_chip_close(struct cgpiod_chip *chip) {
    gpiod_chip_close((struct gpiod_chip *)chip);
}

int cgpiod_chip_line_count(struct cgpiod_chip *chip) {
    return (int)gpiod_chip_num_lines((struct gpiod_chip *)chip);
}

static void copy_text(char to[CGPIOD_NAME_SIZE], const char *from) {
    strncpy(to, from == NULL ? "" : from, CGPIOD_NAME_SIZE - 1);
    to[CGPIOD_NAME_SIZE - 1] = 0;
}

int cgpiod_chip_line_name(struct cgpiod_chip *chip, unsigned int offset, char name[CGPIOD_NAME_SIZE]) {
    struct gpiod_line *line = gpiod_chip_get_line((struct gpiod_chip *)chip, offset);
    if (line == NULL) {
        return -1;
    }
    copy_text(name, gpiod_line_name(line));
    return 0;
}

int cgpiod_chip_line_info(struct cgpiod_chip *chip, unsigned int offset, struct cgpiod_line_info *info) {
    struct gpiod_line *line = gpiod_chip_get_line((struct gpiod_chip *)chip, offset);
    // The chip keeps what it was told first.
    if (line == NULL || gpiod_line_update(line) != 0) {
        return -1;
    }
    copy_text(info->name, gpiod_line_name(line));
    copy_text(info->consumer, gpiod_line_consumer(line));
    info->is_used = gpiod_line_is_used(line);
    info->is_output = gpiod_line_direction(line) == GPIOD_LINE_DIRECTION_OUTPUT;
    return 0;
}

static int flags_of(const struct cgpiod_wish *wish) {
    int flags = wish->is_active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
    switch (wish->bias) {
    case CGPIOD_BIAS_AS_IS:
        break;
    case CGPIOD_BIAS_DISABLED:
        flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
        break;
    case CGPIOD_BIAS_PULL_UP:
        flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
        break;
    case CGPIOD_BIAS_PULL_DOWN:
        flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
        break;
    }
    switch (wish->drive) {
    case CGPIOD_PUSH_PULL:
        break;
    case CGPIOD_OPEN_DRAIN:
        flags |= GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN;
        break;
    case CGPIOD_OPEN_SOURCE:
        flags |= GPIOD_LINE_REQUEST_FLAG_OPEN_SOURCE;
        break;
    }
    return flags;
}

/// Finds the lines on the chip; nothing is requested yet.
static struct cgpiod_lines *find(struct cgpiod_chip *chip, const struct cgpiod_wish *wishes, unsigned int count) {
    if (count == 0 || count > CGPIOD_LINES_LIMIT) {
        errno = count == 0 ? EINVAL : E2BIG;
        return NULL;
    }
    struct cgpiod_lines *lines = calloc(1, sizeof(*lines));
    if (lines == NULL) {
        return NULL;
    }
    for (unsigned int i = 0; i < count; i++) {
        struct member *member = &lines->members[i];
        member->line = gpiod_chip_get_line((struct gpiod_chip *)chip, wishes[i].offset);
        if (member->line == NULL) {
            int error = errno;
            free(lines);
            errno = error;
            return NULL;
        }
        member->value = wishes[i].value != 0;
    }
    return lines;
}

/// Gives back what was requested so far, and keeps the error's number.
static struct cgpiod_lines *give_up(struct cgpiod_lines *lines) {
    int error = errno;
    cgpiod_lines_close(lines);
    errno = error;
    return NULL;
}

struct cgpiod_lines *cgpiod_request_inputs(
    struct cgpiod_chip *chip, const struct cgpiod_wish *wishes, unsigned int count, const char *consumer) {
    struct cgpiod_lines *lines = find(chip, wishes, count);
    if (lines == NULL) {
        return NULL;
    }
    lines->are_inputs = 1;
    for (unsigned int i = 0; i < count; i++) {
        struct gpiod_line_request_config config = {
            .consumer = consumer,
            .request_type = GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES,
            .flags = flags_of(&wishes[i]),
        };
        if (gpiod_line_request(lines->members[i].line, &config, 0) != 0) {
            return give_up(lines);
        }
        lines->count++;
        if (make_nonblocking(gpiod_line_event_get_fd(lines->members[i].line)) != 0) {
            return give_up(lines);
        }
    }
    return lines;
}

/// The group of the flags, made if there is none yet.
static unsigned int group_of(struct cgpiod_lines *lines, int flags) {
    for (unsigned int group = 0; group < lines->group_count; group++) {
        if (lines->flags[group] == flags) {
            return group;
        }
    }
    lines->flags[lines->group_count] = flags;
    gpiod_line_bulk_init(&lines->groups[lines->group_count]);
    return lines->group_count++;
}

/// The values of a group's lines, in its order.
static void values_of(const struct cgpiod_lines *lines, unsigned int count, unsigned int group, int *values) {
    unsigned int place = 0;
    for (unsigned int i = 0; i < count; i++) {
        if (lines->members[i].group == group) {
            values[place++] = lines->members[i].value;
        }
    }
}

struct cgpiod_lines *cgpiod_request_outputs(
    struct cgpiod_chip *chip, const struct cgpiod_wish *wishes, unsigned int count, const char *consumer) {
    struct cgpiod_lines *lines = find(chip, wishes, count);
    if (lines == NULL) {
        return NULL;
    }
    for (unsigned int i = 0; i < count; i++) {
        unsigned int group = group_of(lines, flags_of(&wishes[i]));
        lines->members[i].group = group;
        gpiod_line_bulk_add(&lines->groups[group], lines->members[i].line);
    }
    unsigned int wanted = lines->group_count;
    lines->group_count = 0;
    for (unsigned int group = 0; group < wanted; group++) {
        int values[CGPIOD_LINES_LIMIT];
        values_of(lines, count, group, values);
        struct gpiod_line_request_config config = {
            .consumer = consumer,
            .request_type = GPIOD_LINE_REQUEST_DIRECTION_OUTPUT,
            .flags = lines->flags[group],
        };
        if (gpiod_line_request_bulk(&lines->groups[group], &config, values) != 0) {
            return give_up(lines);
        }
        lines->group_count++;
    }
    lines->count = count;
    return lines;
}

void cgpiod_lines_close(struct cgpiod_lines *lines) {
    if (lines->are_inputs) {
        for (unsigned int i = 0; i < lines->count; i++) {
            gpiod_line_release(lines->members[i].line);
        }
    }
    for (unsigned int group = 0; group < lines->group_count; group++) {
        gpiod_line_release_bulk(&lines->groups[group]);
    }
    free(lines);
}

int cgpiod_lines_get(struct cgpiod_lines *lines, unsigned int line) {
    if (line >= lines->count) {
        errno = EINVAL;
        return -1;
    }
    return gpiod_line_get_value(lines->members[line].line);
}

int cgpiod_lines_set(struct cgpiod_lines *lines, uint64_t which, int value) {
    uint64_t touched = 0;
    for (unsigned int i = 0; i < lines->count; i++) {
        if (which >> i & 1) {
            lines->members[i].value = value != 0;
            touched |= UINT64_C(1) << lines->members[i].group;
        }
    }
    int result = 0;
    for (unsigned int group = 0; group < lines->group_count; group++) {
        if (touched >> group & 1) {
            int values[CGPIOD_LINES_LIMIT];
            values_of(lines, lines->count, group, values);
            // Go on after an error: the other groups should still become safe.
            if (gpiod_line_set_value_bulk(&lines->groups[group], values) != 0) {
                result = -1;
            }
        }
    }
    return result;
}

unsigned int cgpiod_lines_descriptor_count(const struct cgpiod_lines *lines) {
    return lines->are_inputs ? lines->count : 0;
}

int cgpiod_lines_descriptor(const struct cgpiod_lines *lines, unsigned int descriptor) {
    return gpiod_line_event_get_fd(lines->members[descriptor].line);
}

int cgpiod_lines_drain(
    struct cgpiod_lines *lines, unsigned int descriptor, struct cgpiod_edge *edges, int *may_have_lost) {
    struct gpiod_line_event events[KERNEL_BUFFER];
    *may_have_lost = 0;
    int count = gpiod_line_event_read_multiple(lines->members[descriptor].line, events, KERNEL_BUFFER);
    if (count < 0) {
        return errno == EAGAIN ? 0 : -1;
    }
    for (int i = 0; i < count; i++) {
        edges[i].nanoseconds = (int64_t)events[i].ts.tv_sec * 1000000000 + events[i].ts.tv_nsec;
        edges[i].line = descriptor;
        edges[i].level = events[i].event_type == GPIOD_LINE_EVENT_RISING_EDGE;
        edges[i].lost = 0;
    }
    // The buffer was full, so the next edge, if there was one, was dropped.
    *may_have_lost = count == KERNEL_BUFFER;
    return count;
}

#endif
