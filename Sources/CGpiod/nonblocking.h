#pragma once

#include <fcntl.h>

/// A read must never wait for an edge, even if somebody else took it.
static inline int make_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}
