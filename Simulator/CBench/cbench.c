#include "include/CBench.h"

#include <errno.h>
#include <gpiod.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define EDGE_LIMIT_MILLISECONDS 1000
static const char consumer[] = "station-bench";

static int64_t monotonic_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

// This macro exists in the header of libgpiod's first generation only.
#ifdef GPIOD_LINE_BULK_MAX_LINES

const int cbench_generation = 1;

struct cbench_loop {
    struct gpiod_chip *chip;
    struct gpiod_line *input;
    struct gpiod_line *output;
};

static int request(struct cbench_loop *loop, const char *path, unsigned int input, unsigned int output) {
    loop->chip = gpiod_chip_open(path);
    if (loop->chip == NULL) {
        return -1;
    }
    loop->input = gpiod_chip_get_line(loop->chip, input);
    loop->output = gpiod_chip_get_line(loop->chip, output);
    if (loop->input == NULL || loop->output == NULL) {
        return -1;
    }
    int refusal = gpiod_line_request_both_edges_events(loop->input, consumer);
    return refusal != 0 ? refusal : gpiod_line_request_output(loop->output, consumer, 0);
}

static void release(struct cbench_loop *loop) {
    if (loop->chip != NULL) {
        // Closes the lines as well.
        gpiod_chip_close(loop->chip);
    }
}

static int descriptor_of(struct cbench_loop *loop) {
    return gpiod_line_event_get_fd(loop->input);
}

static int read_edge(struct cbench_loop *loop, int64_t *nanoseconds, int *level) {
    struct gpiod_line_event event;
    if (gpiod_line_event_read(loop->input, &event) != 0) {
        return -1;
    }
    *nanoseconds = (int64_t)event.ts.tv_sec * 1000000000 + event.ts.tv_nsec;
    *level = event.event_type == GPIOD_LINE_EVENT_RISING_EDGE;
    return 0;
}

static int set_output(struct cbench_loop *loop, int level) {
    return gpiod_line_set_value(loop->output, level);
}

#else  // the second generation

const int cbench_generation = 2;

struct cbench_loop {
    struct gpiod_chip *chip;
    struct gpiod_line_request *input;
    struct gpiod_line_request *output;
    struct gpiod_edge_event_buffer *buffer;
    unsigned int output_offset;
};

static struct gpiod_line_request *request_line(struct gpiod_chip *chip, unsigned int offset, int is_input) {
    struct gpiod_line_request *request = NULL;
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    struct gpiod_line_config *lines = gpiod_line_config_new();
    struct gpiod_request_config *config = gpiod_request_config_new();
    if (settings != NULL && lines != NULL && config != NULL) {
        gpiod_line_settings_set_direction(
            settings, is_input ? GPIOD_LINE_DIRECTION_INPUT : GPIOD_LINE_DIRECTION_OUTPUT);
        if (is_input) {
            gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
        }
        gpiod_request_config_set_consumer(config, consumer);
        if (gpiod_line_config_add_line_settings(lines, &offset, 1, settings) == 0) {
            request = gpiod_chip_request_lines(chip, config, lines);
        }
    }
    int error = errno;
    gpiod_request_config_free(config);
    gpiod_line_config_free(lines);
    gpiod_line_settings_free(settings);
    errno = error;
    return request;
}

static int request(struct cbench_loop *loop, const char *path, unsigned int input, unsigned int output) {
    loop->chip = gpiod_chip_open(path);
    loop->buffer = gpiod_edge_event_buffer_new(1);
    if (loop->chip == NULL || loop->buffer == NULL) {
        return -1;
    }
    loop->output_offset = output;
    loop->input = request_line(loop->chip, input, 1);
    loop->output = loop->input == NULL ? NULL : request_line(loop->chip, output, 0);
    return loop->output == NULL ? -1 : 0;
}

static void release(struct cbench_loop *loop) {
    if (loop->input != NULL) {
        gpiod_line_request_release(loop->input);
    }
    if (loop->output != NULL) {
        gpiod_line_request_release(loop->output);
    }
    gpiod_edge_event_buffer_free(loop->buffer);
    if (loop->chip != NULL) {
        gpiod_chip_close(loop->chip);
    }
}

static int descriptor_of(struct cbench_loop *loop) {
    return gpiod_line_request_get_fd(loop->input);
}

static int read_edge(struct cbench_loop *loop, int64_t *nanoseconds, int *level) {
    if (gpiod_line_request_read_edge_events(loop->input, loop->buffer, 1) != 1) {
        return -1;
    }
    struct gpiod_edge_event *event = gpiod_edge_event_buffer_get_event(loop->buffer, 0);
    *nanoseconds = (int64_t)gpiod_edge_event_get_timestamp_ns(event);
    *level = gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE;
    return 0;
}

static int set_output(struct cbench_loop *loop, int level) {
    return gpiod_line_request_set_value(
        loop->output, loop->output_offset, level ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
}

#endif

struct cbench_loop *cbench_open(const char *chip, unsigned int input, unsigned int output) {
    struct cbench_loop *loop = calloc(1, sizeof(*loop));
    if (loop != NULL && request(loop, chip, input, output) != 0) {
        int error = errno;
        cbench_close(loop);
        errno = error;
        return NULL;
    }
    return loop;
}

void cbench_close(struct cbench_loop *loop) {
    release(loop);
    free(loop);
}

int cbench_run(struct cbench_loop *loop, int64_t *latencies, int count, int told) {
    struct pollfd polled = {.fd = descriptor_of(loop), .events = POLLIN};
    for (int i = 0; i < count; i++) {
        int result = poll(&polled, 1, EDGE_LIMIT_MILLISECONDS);
        if (result <= 0) {
            errno = result == 0 ? ETIMEDOUT : errno;
            return -1;
        }
        int64_t edge;
        int level;
        if (read_edge(loop, &edge, &level) != 0 || set_output(loop, level) != 0) {
            return -1;
        }
        int64_t latency = monotonic_nanoseconds() - edge;
        latencies[i] = level ? latency : -latency;
        uint64_t one = 1;
        if (write(told, &one, sizeof(one)) != sizeof(one)) {
            return -1;
        }
    }
    return 0;
}
