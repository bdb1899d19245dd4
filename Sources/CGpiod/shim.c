#include "include/CGpiod.h"

#include <errno.h>
#include <gpiod.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>

/// More edges at once than the kernel buffers for a line of the first generation.
#define EDGES_LIMIT 16

static int has_events(int descriptor) {
    struct pollfd polled = {.fd = descriptor, .events = POLLIN};
    int result = poll(&polled, 1, 0);
    if (result <= 0) {
        return result;
    }
    if (polled.revents & POLLIN) {
        return 1;
    }
    // The chip is gone: the descriptor is hung up.
    errno = ENODEV;
    return -1;
}

// This macro exists in the header of the first generation only.
#ifdef GPIOD_LINE_BULK_MAX_LINES

struct cgpiod_line {
    struct gpiod_line *line;
};

struct cgpiod_chip *cgpiod_chip_open(const char *path) {
    return (struct cgpiod_chip *)gpiod_chip_open(path);
}

void cgpiod_chip_close(struct cgpiod_chip *chip) {
    gpiod_chip_close((struct gpiod_chip *)chip);
}

static struct cgpiod_line *request(
    struct cgpiod_chip *chip, unsigned int offset, const struct gpiod_line_request_config *config) {
    struct gpiod_line *raw = gpiod_chip_get_line((struct gpiod_chip *)chip, offset);
    if (raw == NULL) {
        return NULL;
    }
    struct cgpiod_line *line = malloc(sizeof(*line));
    if (line == NULL) {
        return NULL;
    }
    line->line = raw;
    if (gpiod_line_request(raw, config, 0) != 0) {
        int error = errno;
        free(line);
        errno = error;
        return NULL;
    }
    return line;
}

static int bias_flag(enum cgpiod_bias bias) {
    switch (bias) {
    case CGPIOD_BIAS_AS_IS:
        return 0;
    case CGPIOD_BIAS_DISABLED:
        return GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
    case CGPIOD_BIAS_PULL_UP:
        return GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
    case CGPIOD_BIAS_PULL_DOWN:
        return GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
    }
    return 0;
}

struct cgpiod_line *cgpiod_request_input(
    struct cgpiod_chip *chip, unsigned int offset, const char *consumer, enum cgpiod_bias bias, int is_active_low) {
    struct gpiod_line_request_config config = {
        .consumer = consumer,
        .request_type = GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES,
        .flags = bias_flag(bias) | (is_active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0),
    };
    return request(chip, offset, &config);
}

struct cgpiod_line *cgpiod_request_output(
    struct cgpiod_chip *chip, unsigned int offset, const char *consumer, int is_active_low) {
    struct gpiod_line_request_config config = {
        .consumer = consumer,
        .request_type = GPIOD_LINE_REQUEST_DIRECTION_OUTPUT,
        .flags = is_active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0,
    };
    return request(chip, offset, &config);
}

void cgpiod_line_close(struct cgpiod_line *line) {
    gpiod_line_release(line->line);
    free(line);
}

int cgpiod_line_get(struct cgpiod_line *line) {
    return gpiod_line_get_value(line->line);
}

int cgpiod_line_set(struct cgpiod_line *line, int value) {
    return gpiod_line_set_value(line->line, value);
}

int cgpiod_line_descriptor(struct cgpiod_line *line) {
    return gpiod_line_event_get_fd(line->line);
}

int cgpiod_line_drain(struct cgpiod_line *line, struct cgpiod_edge *edges, int limit) {
    struct gpiod_line_event events[EDGES_LIMIT];
    int waiting = has_events(gpiod_line_event_get_fd(line->line));
    if (waiting <= 0) {
        return waiting;
    }
    int count = gpiod_line_event_read_multiple(line->line, events, limit < EDGES_LIMIT ? limit : EDGES_LIMIT);
    for (int i = 0; i < count; i++) {
        edges[i].nanoseconds = (int64_t)events[i].ts.tv_sec * 1000000000 + events[i].ts.tv_nsec;
        edges[i].level = events[i].event_type == GPIOD_LINE_EVENT_RISING_EDGE;
    }
    return count;
}

#else  // the second generation

struct cgpiod_line {
    struct gpiod_line_request *request;
    struct gpiod_edge_event_buffer *buffer;
    unsigned int offset;
};

struct cgpiod_chip *cgpiod_chip_open(const char *path) {
    return (struct cgpiod_chip *)gpiod_chip_open(path);
}

void cgpiod_chip_close(struct cgpiod_chip *chip) {
    gpiod_chip_close((struct gpiod_chip *)chip);
}

static struct gpiod_line_request *request_with(
    struct cgpiod_chip *chip, unsigned int offset, const char *consumer, struct gpiod_line_settings *settings) {
    struct gpiod_line_request *request = NULL;
    struct gpiod_line_config *lines = gpiod_line_config_new();
    struct gpiod_request_config *config = gpiod_request_config_new();
    if (lines != NULL && config != NULL && gpiod_line_config_add_line_settings(lines, &offset, 1, settings) == 0) {
        gpiod_request_config_set_consumer(config, consumer);
        request = gpiod_chip_request_lines((struct gpiod_chip *)chip, config, lines);
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

/// Takes over `settings`.
static struct cgpiod_line *request(
    struct cgpiod_chip *chip, unsigned int offset, const char *consumer, struct gpiod_line_settings *settings) {
    struct cgpiod_line *line = calloc(1, sizeof(*line));
    if (line != NULL) {
        line->offset = offset;
        line->buffer = gpiod_edge_event_buffer_new(EDGES_LIMIT);
        line->request = line->buffer == NULL ? NULL : request_with(chip, offset, consumer, settings);
        if (line->request == NULL) {
            int error = errno;
            if (line->buffer != NULL) {
                gpiod_edge_event_buffer_free(line->buffer);
            }
            free(line);
            line = NULL;
            errno = error;
        }
    }
    int error = errno;
    gpiod_line_settings_free(settings);
    errno = error;
    return line;
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

struct cgpiod_line *cgpiod_request_input(
    struct cgpiod_chip *chip, unsigned int offset, const char *consumer, enum cgpiod_bias bias, int is_active_low) {
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    if (settings == NULL) {
        return NULL;
    }
    gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT);
    gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
    gpiod_line_settings_set_event_clock(settings, GPIOD_LINE_CLOCK_MONOTONIC);
    gpiod_line_settings_set_bias(settings, bias_setting(bias));
    gpiod_line_settings_set_active_low(settings, is_active_low != 0);
    return request(chip, offset, consumer, settings);
}

struct cgpiod_line *cgpiod_request_output(
    struct cgpiod_chip *chip, unsigned int offset, const char *consumer, int is_active_low) {
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    if (settings == NULL) {
        return NULL;
    }
    gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
    gpiod_line_settings_set_active_low(settings, is_active_low != 0);
    gpiod_line_settings_set_output_value(settings, GPIOD_LINE_VALUE_INACTIVE);
    return request(chip, offset, consumer, settings);
}

void cgpiod_line_close(struct cgpiod_line *line) {
    gpiod_line_request_release(line->request);
    gpiod_edge_event_buffer_free(line->buffer);
    free(line);
}

int cgpiod_line_get(struct cgpiod_line *line) {
    return gpiod_line_request_get_value(line->request, line->offset);
}

int cgpiod_line_set(struct cgpiod_line *line, int value) {
    return gpiod_line_request_set_value(
        line->request, line->offset, value ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
}

int cgpiod_line_descriptor(struct cgpiod_line *line) {
    return gpiod_line_request_get_fd(line->request);
}

int cgpiod_line_drain(struct cgpiod_line *line, struct cgpiod_edge *edges, int limit) {
    int waiting = has_events(gpiod_line_request_get_fd(line->request));
    if (waiting <= 0) {
        return waiting;
    }
    int most = limit < EDGES_LIMIT ? limit : EDGES_LIMIT;
    int count = gpiod_line_request_read_edge_events(line->request, line->buffer, most);
    for (int i = 0; i < count; i++) {
        struct gpiod_edge_event *event = gpiod_edge_event_buffer_get_event(line->buffer, i);
        edges[i].nanoseconds = (int64_t)gpiod_edge_event_get_timestamp_ns(event);
        edges[i].level = gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE;
    }
    return count;
}

#endif
