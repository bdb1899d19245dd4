// Drives the daemon's libgpiod shim under the address sanitiser (see scripts/check-shims). Without arguments only what
// needs no chip. With a chip of gpio-sim everything:
//
//     check-shims CHIP PULL-FILE      PULL-FILE is .../sim_gpio3/pull of that chip, whose line 3 is named "CHECKED"
#include <CGpiod.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failures = 0;

static void check(int holds, const char *sentence) {
    if (!holds) {
        printf("FAILED: %s (errno %d, %s)\n", sentence, errno, strerror(errno));
        failures++;
    }
}

static void check_without_chip(void) {
    errno = 0;
    check(cgpiod_chip_open("/dev/gpiochip-none") == NULL && errno == ENOENT, "a missing chip is ENOENT");
    errno = 0;
    check(cgpiod_chip_open("/dev/null") == NULL && errno != 0, "another device is no chip");
}

static void pull(int file, int up) {
    const char *word = up ? "pull-up" : "pull-down";
    check(pwrite(file, word, strlen(word), 0) == (ssize_t)strlen(word), "the input is pulled");
    // Interrupts of the simulated chip arrive on a thread of the kernel.
    poll(NULL, 0, 1);
}

static int drain_all(struct cgpiod_lines *lines, struct cgpiod_edge *edges, unsigned int *lost, int *may_have_lost) {
    int count = 0;
    for (unsigned int i = 0; i < cgpiod_lines_descriptor_count(lines); i++) {
        int some, doubt;
        do {
            some = cgpiod_lines_drain(lines, i, edges, &doubt);
            *may_have_lost |= doubt;
            for (int j = 0; j < some; j++) {
                *lost += edges[j].lost;
            }
            count += some > 0 ? some : 0;
        } while (some > 0);
        check(some == 0, "an empty descriptor gives nothing and does not block");
    }
    return count;
}

static void check_info(struct cgpiod_chip *chip) {
    struct cgpiod_line_info info;
    struct cgpiod_wish wish = {.offset = 3};
    check(cgpiod_chip_line_info(chip, 3, &info) == 0, "a line tells how it is");
    check(strcmp(info.name, "CHECKED") == 0 && !info.is_used && info.consumer[0] == 0, "a free line has no user");
    struct cgpiod_lines *lines = cgpiod_request_outputs(chip, &wish, 1, "check-shims");
    check(cgpiod_chip_line_info(chip, 3, &info) == 0 && info.is_used && info.is_output, "a taken output says so");
    check(strcmp(info.consumer, "check-shims") == 0, "its user is named");
    if (lines != NULL) {
        cgpiod_lines_close(lines);
    }
    wish.offset = 4;
    lines = cgpiod_request_inputs(chip, &wish, 1, "check-shims");
    check(cgpiod_chip_line_info(chip, 4, &info) == 0 && info.is_used && !info.is_output, "a taken input says so");
    check(info.name[0] == 0, "and has no name");
    if (lines != NULL) {
        cgpiod_lines_close(lines);
    }
    errno = 0;
    check(cgpiod_chip_line_info(chip, 100000, &info) == -1 && errno == EINVAL, "no such line is EINVAL");
}

static void check_inputs(struct cgpiod_chip *chip, int file) {
    struct cgpiod_wish wishes[] = {
        {.offset = 2, .is_active_low = 1}, {.offset = 3, .bias = CGPIOD_BIAS_AS_IS}, {.offset = 5}};
    struct cgpiod_edge edges[CGPIOD_DRAIN_LIMIT];
    unsigned int lost = 0;
    int doubt = 0;
    pull(file, 0);
    struct cgpiod_lines *lines = cgpiod_request_inputs(chip, wishes, 3, "check-shims");
    check(lines != NULL, "three inputs are requested together");
    if (lines == NULL) {
        return;
    }
    check(cgpiod_lines_get(lines, 0) == 1, "a low line that is active low is active");
    check(cgpiod_lines_get(lines, 1) == 0, "a low line is not active");
    errno = 0;
    check(cgpiod_lines_get(lines, 3) == -1 && errno == EINVAL, "there is no fourth line");
    check(cgpiod_request_inputs(chip, &wishes[1], 1, "check-shims") == NULL && errno == EBUSY, "a taken line is EBUSY");

    pull(file, 1);
    unsigned int ready = 0;
    struct pollfd polled = {.events = POLLIN};
    for (unsigned int i = 0; i < cgpiod_lines_descriptor_count(lines); i++) {
        polled.fd = cgpiod_lines_descriptor(lines, i);
        if (poll(&polled, 1, 0) == 1) {
            int count = cgpiod_lines_drain(lines, i, edges, &doubt);
            check(count == 1 && edges[0].line == 1 && edges[0].level == 1 && !doubt, "one rising edge of line 1");
            check(edges[0].nanoseconds > 0 && edges[0].lost == 0, "it has its time and nothing is lost");
            ready++;
        }
    }
    check(ready == 1, "one descriptor was ready");
    check(cgpiod_lines_get(lines, 1) == 1, "the level followed");

    int many = cgpiod_generation == 1 ? 40 : CGPIOD_EVENT_BUFFER + 40;
    for (int i = 0; i < many; i++) {
        pull(file, i % 2);
    }
    int count = drain_all(lines, edges, &lost, &doubt);
    check(doubt, "an overflow is noticed");
    check(cgpiod_generation == 1 ? count == 16 : count == CGPIOD_EVENT_BUFFER, "as much as the kernel keeps is read");
    check(cgpiod_generation == 1 || lost + (unsigned int)count == (unsigned int)many, "what was dropped is counted");
    cgpiod_lines_close(lines);
}

static void check_outputs(struct cgpiod_chip *chip) {
    struct cgpiod_wish wishes[] = {
        {.offset = 8, .value = 1}, {.offset = 9, .is_active_low = 1}, {.offset = 10, .drive = CGPIOD_OPEN_DRAIN},
        {.offset = 11}};
    struct cgpiod_lines *lines = cgpiod_request_outputs(chip, wishes, 4, "check-shims");
    check(lines != NULL, "outputs of different kinds are requested together");
    if (lines == NULL) {
        return;
    }
    check(cgpiod_lines_get(lines, 0) == 1 && cgpiod_lines_get(lines, 1) == 0, "outputs begin at the level asked for");
    check(cgpiod_lines_set(lines, 1 | 1 << 3, 0) == 0 && cgpiod_lines_set(lines, 1 << 1, 1) == 0, "outputs are set");
    check(
        cgpiod_lines_get(lines, 0) == 0 && cgpiod_lines_get(lines, 1) == 1 && cgpiod_lines_get(lines, 3) == 0,
        "each has its level and keeps it while others are set");
    check(cgpiod_lines_descriptor_count(lines) == 0, "outputs have no descriptors");
    struct cgpiod_wish wrong = {.offset = 100000};
    errno = 0;
    check(cgpiod_request_outputs(chip, &wrong, 1, "check-shims") == NULL && errno == EINVAL, "no such line is EINVAL");
    check(cgpiod_request_outputs(chip, wishes, CGPIOD_LINES_LIMIT + 1, "check-shims") == NULL && errno == E2BIG,
        "too many lines are E2BIG");
    cgpiod_lines_close(lines);
}

int main(int count, char **arguments) {
    check_without_chip();
    if (count == 3) {
        char name[CGPIOD_NAME_SIZE];
        int file = open(arguments[2], O_WRONLY);
        struct cgpiod_chip *chip = cgpiod_chip_open(arguments[1]);
        check(file >= 0 && chip != NULL, "the chip is opened");
        if (file < 0 || chip == NULL) {
            return 1;
        }
        check(cgpiod_chip_line_count(chip) > 11, "the chip has its lines");
        check(cgpiod_chip_line_name(chip, 3, name) == 0 && strcmp(name, "CHECKED") == 0, "a line tells its name");
        check(cgpiod_chip_line_name(chip, 4, name) == 0 && name[0] == 0, "a line without a name tells none");
        check_info(chip);
        check_inputs(chip, file);
        check_outputs(chip);
        cgpiod_chip_close(chip);
    }
    printf(
        "libgpiod %d.x: %s%s\n", cgpiod_generation, failures == 0 ? "ok" : "FAILED",
        count == 3 ? "" : " (without a chip)");
    return failures == 0 ? 0 : 1;
}
