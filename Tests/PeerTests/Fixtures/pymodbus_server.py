"""pymodbus as a server, with unit 1. Says `ready PORT` when it can be asked; ends with its input.

Usage: pymodbus_server.py (tcp | rtu PATH)

Coils 0 to 63 are on where the address is a multiple of 3, discrete inputs where it is odd; holding registers 0 to 39 are
0x1000 + address, input registers 0 to 39 are 0x2000 + address. Values of more than one register begin at 100. Holding
register 30 is busy (exception 6), 31 is behind a gateway that reaches nobody (0A), 32 behind one that hears nobody (0B),
and 33 takes half a second to be read.
"""

import asyncio
import sys

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

REFUSED = {30: ExcCodes.DEVICE_BUSY, 31: ExcCodes.GATEWAY_PATH_UNAVIABLE, 32: ExcCodes.GATEWAY_NO_RESPONSE}
SLOW = 33


async def hesitate(function_code, start, address, count, registers, values):
    if address == SLOW:
        await asyncio.sleep(0.5)
    return REFUSED.get(address) if function_code == 3 else None


def device():
    coils = [SimData(0, values=[address % 3 == 0 for address in range(64)], datatype=DataType.BITS)]
    discretes = [SimData(0, values=[address % 2 == 1 for address in range(64)], datatype=DataType.BITS)]
    holding = [
        SimData(0, values=[0x1000 + address for address in range(40)], datatype=DataType.REGISTERS),
        SimData(100, values=-2, datatype=DataType.INT16),
        SimData(101, values=65535, datatype=DataType.UINT16),
        SimData(102, values=-70000, datatype=DataType.INT32),
        SimData(104, values=4000000000, datatype=DataType.UINT32),
        SimData(106, values=-5000000000, datatype=DataType.INT64),
        SimData(110, values=18000000000000000000, datatype=DataType.UINT64),
        SimData(114, values=77.51, datatype=DataType.FLOAT32),
        SimData(116, values=-0.1, datatype=DataType.FLOAT64),
        SimData(120, values="Retur", datatype=DataType.STRING),
    ]
    inputs = [SimData(0, values=[0x2000 + address for address in range(40)], datatype=DataType.REGISTERS)]
    return SimDevice(id=1, simdata=(coils, discretes, holding, inputs), action=hesitate)


async def main():
    if sys.argv[1] == "tcp":
        server = ModbusTcpServer([device()], address=("127.0.0.1", 0))
    else:
        server = ModbusSerialServer([device()], port=sys.argv[2], baudrate=19200, parity="N", stopbits=2)
    await server.serve_forever(background=True)
    port = server.transport.sockets[0].getsockname()[1] if sys.argv[1] == "tcp" else sys.argv[2]
    print("ready", port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.shutdown()


if __name__ == "__main__":
    asyncio.run(main())
