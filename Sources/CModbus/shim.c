#include "include/CModbus.h"

#include <errno.h>

enum cmodbus_failure cmodbus_classify(int error) {
    if (error == ETIMEDOUT) {
        return CMODBUS_TIMEOUT;
    }
    if (error > MODBUS_ENOBASE && error <= EMBBADSLAVE) {
        return CMODBUS_BAD_FRAME;
    }
    return CMODBUS_DISCONNECTED;
}
