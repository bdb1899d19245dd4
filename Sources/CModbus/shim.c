#define _GNU_SOURCE
#include "include/CModbus.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>

enum cmodbus_failure cmodbus_classify(int error) {
    if (error == ETIMEDOUT) {
        return CMODBUS_TIMEOUT;
    }
    if (error > MODBUS_ENOBASE && error <= EMBXGTAR) {
        return CMODBUS_EXCEPTION;
    }
    if (error > EMBXGTAR && error <= EMBBADSLAVE) {
        return CMODBUS_BAD_FRAME;
    }
    return CMODBUS_DISCONNECTED;
}

void cmodbus_name_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
}

void cmodbus_wait_readable(int descriptor, int64_t nanoseconds) {
    struct pollfd polled = {.fd = descriptor, .events = POLLIN};
    struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    ppoll(&polled, 1, nanoseconds < 0 ? NULL : &time, NULL);
}
