#define _GNU_SOURCE
#include "CLinux.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/timex.h>
#include <time.h>

int linux_eventfd(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

int linux_poll(struct pollfd *descriptors, unsigned long count, int64_t nanoseconds) {
    struct timespec timeout = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return ppoll(descriptors, count, &timeout, NULL);
}

void linux_name_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
}

bool linux_clock_is_synchronised(void) {
    struct timex state = {.modes = 0};
    int answer = adjtimex(&state);
    return answer >= 0 && answer != TIME_ERROR;
}
