#pragma once

// libmodbus as Swift sees it. Its float helpers are not used (get and set are not inverse in some revisions), and its
// link recovery is never enabled (its send loop repeats for ever).
#include <modbus/modbus.h>

/// What libmodbus' error number means; the macros behind it are not imported by Swift.
enum cmodbus_failure {
    /// The response timeout passed.
    CMODBUS_TIMEOUT,
    /// An answer with a wrong check sum or length.
    CMODBUS_BAD_FRAME,
    /// Anything else: the port or the connection is gone.
    CMODBUS_DISCONNECTED,
};

/// Sorts an `errno` left by sending or receiving a raw frame.
enum cmodbus_failure cmodbus_classify(int error);
