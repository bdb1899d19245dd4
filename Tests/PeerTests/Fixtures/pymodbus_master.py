"""pymodbus as a master. Every line of its input is a request, every line of its output what became of it.

Usage: pymodbus_master.py (tcp PORT | rtu PATH) < REQUESTS

    UNIT coils|discretes|holding|input ADDRESS COUNT      the values
    UNIT TYPE ADDRESS                                     one value from holding registers; TYPE is pymodbus' name
    UNIT coil|register ADDRESS VALUE                      function codes 5 and 6
    UNIT coils=|registers= ADDRESS VALUE...               function codes 15 and 16
    UNIT TYPE= ADDRESS VALUE                              one value, function code 16
"""

import logging
import sys

from pymodbus import ModbusException
from pymodbus.client import ModbusSerialClient, ModbusTcpClient

TIMEOUT_SECONDS = 2


def connect():
    if sys.argv[1] == "tcp":
        client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[2]), timeout=TIMEOUT_SECONDS, retries=0)
    else:
        client = ModbusSerialClient(sys.argv[2], baudrate=19200, parity="N", stopbits=2, timeout=TIMEOUT_SECONDS,
                                    retries=0)
    if not client.connect():
        raise SystemExit("no connection")
    return client



def request(client, unit, what, address, values):
    """Returns the answer and what to make of it."""
    reads = {"coils": client.read_coils, "discretes": client.read_discrete_inputs,
             "holding": client.read_holding_registers, "input": client.read_input_registers}
    if what in reads:
        answer = reads[what](address, count=int(values[0]), device_id=unit)
        return answer, lambda: answer.registers or [int(bit) for bit in answer.bits[:int(values[0])]]
    if what == "coil":
        return client.write_coil(address, bool(int(values[0])), device_id=unit), None
    if what == "register":
        return client.write_register(address, int(values[0]), device_id=unit), None
    if what == "coils=":
        return client.write_coils(address, [bool(int(value)) for value in values], device_id=unit), None
    if what == "registers=":
        return client.write_registers(address, [int(value) for value in values], device_id=unit), None
    kind = client.DATATYPE[what.rstrip("=")]
    if what.endswith("="):
        value = float(values[0]) if "FLOAT" in what else values[0] if "STRING" in what else int(values[0])
        return client.write_registers(address, client.convert_to_registers(value, kind), device_id=unit), None
    count = int(values[0]) if values else kind.value[1]
    answer = client.read_holding_registers(address, count=count, device_id=unit)
    return answer, lambda: [client.convert_from_registers(answer.registers, kind)]


def perform(client, line):
    unit, what, address, *values = line.split()
    try:
        answer, result = request(client, int(unit), what, int(address), values)
    except ModbusException:
        return "no answer"
    if answer.isError():
        return f"exception {answer.exception_code}"
    return " ".join(map(str, result())) if result else "written"


def main():
    # What goes wrong is told by the lines of the output.
    logging.disable(logging.CRITICAL)
    client = connect()
    for line in sys.stdin:
        print(perform(client, line), flush=True)
    client.close()


if __name__ == "__main__":
    main()
