#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <time.h>

int linux_eventfd(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

int linux_poll(struct pollfd *descriptors, unsigned long count, int64_t nanoseconds) {
    struct timespec timeout = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return ppoll(descriptors, count, nanoseconds < 0 ? NULL : &timeout, NULL);
}

int linux_epoll(void) {
    return epoll_create1(EPOLL_CLOEXEC);
}

int linux_epoll_add(int epoll, int descriptor, unsigned int place) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = place};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int linux_epoll_remove(int epoll, int descriptor) {
    return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

int linux_epoll_wait(int epoll, int64_t nanoseconds, uint64_t *ready, uint64_t *broken) {
    struct timespec timeout = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    struct epoll_event events[64];
    int count = epoll_pwait2(epoll, events, 64, nanoseconds < 0 ? NULL : &timeout, NULL);
    *ready = 0;
    *broken = 0;
    for (int i = 0; i < count; i++) {
        uint64_t bit = UINT64_C(1) << (events[i].data.u32 & 63);
        *ready |= bit;
        *broken |= (events[i].events & ~(uint32_t)EPOLLIN) != 0 ? bit : 0;
    }
    return count;
}

void linux_name_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
}

int64_t linux_monotonic_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

bool linux_clock_is_synchronised(void) {
    struct timex state = {.modes = 0};
    int answer = adjtimex(&state);
    return answer >= 0 && answer != TIME_ERROR;
}

static int path_address(const char *path, struct sockaddr_un *address) {
    memset(address, 0, sizeof(*address));
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof(address->sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address->sun_path, path);
    return 0;
}

int linux_bind_path(int socket, const char *path) {
    struct sockaddr_un address;
    return path_address(path, &address) == 0 ? bind(socket, (struct sockaddr *)&address, sizeof(address)) : -1;
}

int linux_connect_path(int socket, const char *path) {
    struct sockaddr_un address;
    return path_address(path, &address) == 0 ? connect(socket, (struct sockaddr *)&address, sizeof(address)) : -1;
}

void linux_sharpen_timers(void) {
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

void linux_sleep_until(int64_t nanoseconds) {
    struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {
    }
}

int linux_pending_bytes(int descriptor) {
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) == 0 ? count : -1;
}

int linux_claim_device(int descriptor) {
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
        return 0;
    }
    if (errno == EWOULDBLOCK) {
        errno = EBUSY;
    }
    return -1;
}

void linux_watch_connection(int descriptor, unsigned int milliseconds) {
    int yes = 1;
    int idle = milliseconds / 2000 > 0 ? (int)(milliseconds / 2000) : 1;
    int probes = 3;
    int interval = idle / probes > 0 ? idle / probes : 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof(milliseconds));
    setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
    setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
    setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
    setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
}
