"""One run of pymodbus as a master against `station-bench modbus-slave`; prints one JSON object.

Usage: modbus_master.py (sync | async) (tcp PORT | rtu PATH BAUD) REGISTERS COUNT
"""

import asyncio
import json
import sys
import time

from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient, ModbusSerialClient, ModbusTcpClient

SERIAL = {"bytesize": 8, "parity": "N", "stopbits": 2, "timeout": 1}


class Run:
    def __init__(self):
        self.failures = 0
        self.durations = []
        self.elapsed = -time.monotonic_ns()
        # The process has one thread.
        self.processor = -time.process_time_ns()

    def note(self, start, answer, registers):
        self.durations.append(time.monotonic_ns() - start)
        self.failures += answer.isError() or len(answer.registers) != registers

    def report(self):
        print(json.dumps({
            "elapsedNanoseconds": self.elapsed + time.monotonic_ns(),
            "processorNanoseconds": self.processor + time.process_time_ns(),
            "failures": self.failures,
            "durations": self.durations,
        }))


def run_sync(client, registers, count):
    if not client.connect():
        raise SystemExit("no connection")
    run = Run()
    for _ in range(count):
        start = time.monotonic_ns()
        run.note(start, client.read_holding_registers(0, count=registers, device_id=1), registers)
    run.report()
    client.close()


async def run_async(make_client, registers, count):
    client = make_client()
    if not await client.connect():
        raise SystemExit("no connection")
    run = Run()
    for _ in range(count):
        start = time.monotonic_ns()
        run.note(start, await client.read_holding_registers(0, count=registers, device_id=1), registers)
    run.report()
    client.close()


def main():
    kind, transport, place = sys.argv[1:4]
    registers, count = int(sys.argv[-2]), int(sys.argv[-1])
    if transport == "tcp":
        arguments = {"host": "127.0.0.1", "port": int(place)}
        sync, asynchronous = ModbusTcpClient, AsyncModbusTcpClient
    else:
        arguments = {"port": place, "baudrate": int(sys.argv[4]), **SERIAL}
        sync, asynchronous = ModbusSerialClient, AsyncModbusSerialClient
    if kind == "sync":
        run_sync(sync(**arguments), registers, count)
    else:
        asyncio.run(run_async(lambda: asynchronous(**arguments), registers, count))


if __name__ == "__main__":
    main()
