// libgpiod 2.x over the kernel's second line interface (Linux 5.10 and newer): one request and one descriptor for all
// inputs, one request for all outputs.
#include <gpiod.h>

// This macro exists in the header of the first generation only.
#ifndef GPIOD_LINE_BULK_MAX_LINES

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "include/CGpiod.h"
#include "nonblocking.h"

const int cgpiod_generation = 2;

struct cgpiod_lines {
    struct gpiod_line_request *request;
    /// Of inputs only.
    struct gpiod_edge_event_buffer *buffer;
    unsigned int count;
    unsigned int offsets[CGPIOD_LINES_LIMIT];
    /// Numbers of the last edges taken: of each line and of all of them. The kernel counts from 1 in 32 bits.
    uint32_t line_seqnos[CGPIOD_LINES_LIMIT];
    uint32_t seqno;
};

struct cgpiod_chip *cgpiod_chip_open(const char *path) {
    return (struct cgpiod_chip *)gpiod_chip_open(path);
}

void cgpiod_chip_close(struct cgpiod_chip *chip) {
    gpiod_chip_close((struct gpiod_chip *)chip);
}

int cgpiod_chip_line_count(struct cgpiod_chip *chip) {
    struct gpiod_chip_info *info = gpiod_chip_get_info((struct gpiod_chip *)chip);
    if (info == NULL) {
        return -1;
    }
    int count = (int)gpiod_chip_info_get_num_lines(info);
    gpiod_chip_info_free(info);
    return count;
}

static void copy_text(char to[CGPIOD_NAME_SIZE], const char *from) {
    strncpy(to, from == NULL ? "" : from, CGPIOD_NAME_SIZE - 1);
    to[CGPIOD_NAME_SIZE - 1] = 0;
}

int cgpiod_chip_line_name(struct cgpiod_chip *chip, unsigned int offset, char name[CGPIOD_NAME_SIZE]) {
    struct gpiod_line_info *info = gpiod_chip_get_line_info((struct gpiod_chip *)chip, offset);
    if (info == NULL) {
        return -1;
    }
    copy_text(name, gpiod_line_info_get_name(info));
    gpiod_line_info_free(info);
    return 0;
}

int cgpiod_chip_line_info(struct cgpiod_chip *chip, unsigned int offset, struct cgpiod_line_info *info) {
    struct gpiod_line_info *found = gpiod_chip_get_line_info((struct gpiod_chip *)chip, offset);
    if (found == NULL) {
        return -1;
    }
    copy_text(info->name, gpiod_line_info_get_name(found));
    copy_text(info->consumer, gpiod_line_info_get_consumer(found));
    info->is_used = gpiod_line_info_is_used(found);
    info->is_output = gpiod_line_info_get_direction(found) == GPIOD_LINE_DIRECTION_OUTPUT;
    gpiod_line_info_free(found);
    return 0;
}

static enum gpiod_line_bias bias_setting(enum cgpiod_bias bias) {
    switch (bias) {
    case CGPIOD_BIAS_AS_IS:
        return GPIOD_LINE_BIAS_AS_IS;
    case CGPIOD_BIAS_DISABLED:
        return GPIOD_LINE_BIAS_DISABLED;
    case CGPIOD_BIAS_PULL_UP:
        return GPIOD_LINE_BIAS_PULL_UP;
    case CGPIOD_BIAS_PULL_DOWN:
        return GPIOD_LINE_BIAS_PULL_DOWN;
    }
    return GPIOD_LINE_BIAS_AS_IS;
}

static enum gpiod_line_drive drive_setting(enum cgpiod_drive drive) {
    switch (drive) {
    case CGPIOD_PUSH_PULL:
        return GPIOD_LINE_DRIVE_PUSH_PULL;
    case CGPIOD_OPEN_DRAIN:
        return GPIOD_LINE_DRIVE_OPEN_DRAIN;
    case CGPIOD_OPEN_SOURCE:
        return GPIOD_LINE_DRIVE_OPEN_SOURCE;
    }
    return GPIOD_LINE_DRIVE_PUSH_PULL;
}

static int add_line(struct gpiod_line_config *config, const struct cgpiod_wish *wish, int is_input) {
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    if (settings == NULL) {
        return -1;
    }
    gpiod_line_settings_set_bias(settings, bias_setting(wish->bias));
    gpiod_line_settings_set_active_low(settings, wish->is_active_low != 0);
    if (is_input) {
        gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT);
        gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
        gpiod_line_settings_set_event_clock(settings, GPIOD_LINE_CLOCK_MONOTONIC);
    } else {
        gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
        gpiod_line_settings_set_drive(settings, drive_setting(wish->drive));
        gpiod_line_settings_set_output_value(
            settings, wish->value ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
    }
    int result = gpiod_line_config_add_line_settings(config, &wish->offset, 1, settings);
    int error = errno;
    gpiod_line_settings_free(settings);
    errno = error;
    return result;
}

static struct gpiod_line_request *request_with(
    struct cgpiod_chip *chip, const struct cgpiod_wish *wishes, unsigned int count, const char *consumer,
    int are_inputs) {
    struct gpiod_line_request *request = NULL;
    struct gpiod_line_config *lines = gpiod_line_config_new();
    struct gpiod_request_config *config = gpiod_request_config_new();
    if (lines != NULL && config != NULL) {
        unsigned int added = 0;
        while (added < count && add_line(lines, &wishes[added], are_inputs) == 0) {
            added++;
        }
        if (added == count) {
            gpiod_request_config_set_consumer(config, consumer);
            gpiod_request_config_set_event_buffer_size(config, are_inputs ? CGPIOD_EVENT_BUFFER : 0);
            request = gpiod_chip_request_lines((struct gpiod_chip *)chip, config, lines);
        }
    }
    int error = errno;
    if (config != NULL) {
        gpiod_request_config_free(config);
    }
    if (lines != NULL) {
        gpiod_line_config_free(lines);
    }
    errno = error;
    return request;
}

static struct cgpiod_lines *request(
    struct cgpiod_chip *chip, const struct cgpiod_wish *wishes, unsigned int count, const char *consumer,
    int are_inputs) {
    if (count == 0 || count > CGPIOD_LINES_LIMIT) {
        errno = count == 0 ? EINVAL : E2BIG;
        return NULL;
    }
    struct cgpiod_lines *lines = calloc(1, sizeof(*lines));
    if (lines == NULL) {
        return NULL;
    }
    lines->count = count;
    for (unsigned int i = 0; i < count; i++) {
        lines->offsets[i] = wishes[i].offset;
    }
    lines->buffer = are_inputs ? gpiod_edge_event_buffer_new(CGPIOD_DRAIN_LIMIT) : NULL;
    if (lines->buffer != NULL || !are_inputs) {
        lines->request = request_with(chip, wishes, count, consumer, are_inputs);
    }
    if (lines->request == NULL
        || (are_inputs && make_nonblocking(gpiod_line_request_get_fd(lines->request)) != 0)) {
        int error = errno;
        cgpiod_lines_close(lines);
        errno = error;
        return NULL;
    }
    return lines;
}

struct cgpiod_lines *cgpiod_request_inputs(
    struct cgpiod_chip *chip, const struct cgpiod_wish *wishes, unsigned int count, const char *consumer) {
    return request(chip, wishes, count, consumer, 1);
}

struct cgpiod_lines *cgpiod_request_outputs(
    struct cgpiod_chip *chip, const struct cgpiod_wish *wishes, unsigned int count, const char *consumer) {
    return request(chip, wishes, count, consumer, 0);
}

void cgpiod_lines_close(struct cgpiod_lines *lines) {
    if (lines->request != NULL) {
        gpiod_line_request_release(lines->request);
    }
    if (lines->buffer != NULL) {
        gpiod_edge_event_buffer_free(lines->buffer);
    }
    free(lines);
}

int cgpiod_lines_get(struct cgpiod_lines *lines, unsigned int line) {
    if (line >= lines->count) {
        errno = EINVAL;
        return -1;
    }
    return gpiod_line_request_get_value(lines->request, lines->offsets[line]);
}

int cgpiod_lines_set(struct cgpiod_lines *lines, uint64_t which, int value) {
    unsigned int offsets[CGPIOD_LINES_LIMIT];
    enum gpiod_line_value values[CGPIOD_LINES_LIMIT];
    unsigned int count = 0;
    for (unsigned int i = 0; i < lines->count; i++) {
        if (which >> i & 1) {
            offsets[count] = lines->offsets[i];
            values[count++] = value ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
        }
    }
    return count == 0 ? 0 : gpiod_line_request_set_values_subset(lines->request, count, offsets, values);
}

unsigned int cgpiod_lines_descriptor_count(const struct cgpiod_lines *lines) {
    return lines->buffer != NULL ? 1 : 0;
}

int cgpiod_lines_descriptor(const struct cgpiod_lines *lines, unsigned int descriptor) {
    (void)descriptor;
    return gpiod_line_request_get_fd(lines->request);
}

static unsigned int place_of(const struct cgpiod_lines *lines, unsigned int offset) {
    unsigned int line = 0;
    // The kernel tells edges of requested lines only.
    while (line + 1 < lines->count && lines->offsets[line] != offset) {
        line++;
    }
    return line;
}

int cgpiod_lines_drain(
    struct cgpiod_lines *lines, unsigned int descriptor, struct cgpiod_edge *edges, int *may_have_lost) {
    (void)descriptor;
    *may_have_lost = 0;
    int count = gpiod_line_request_read_edge_events(lines->request, lines->buffer, CGPIOD_DRAIN_LIMIT);
    if (count < 0) {
        return errno == EAGAIN ? 0 : -1;
    }
    for (int i = 0; i < count; i++) {
        struct gpiod_edge_event *event = gpiod_edge_event_buffer_get_event(lines->buffer, (unsigned long)i);
        unsigned int line = place_of(lines, gpiod_edge_event_get_line_offset(event));
        uint32_t line_seqno = (uint32_t)gpiod_edge_event_get_line_seqno(event);
        uint32_t seqno = (uint32_t)gpiod_edge_event_get_global_seqno(event);
        edges[i].nanoseconds = (int64_t)gpiod_edge_event_get_timestamp_ns(event);
        edges[i].line = line;
        edges[i].level = gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE;
        edges[i].lost = line_seqno - lines->line_seqnos[line] - 1;
        // A gap in the common numbers may be another line's, of which no later edge need ever come.
        *may_have_lost |= seqno != (uint32_t)(lines->seqno + 1);
        lines->line_seqnos[line] = line_seqno;
        lines->seqno = seqno;
    }
    return count;
}

#endif
