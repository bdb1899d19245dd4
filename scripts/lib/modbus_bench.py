"""Measures Modbus masters against one slave each in a process of its own, in rounds that take turns, and prints tables.

Usage: modbus_bench.py STATION-BENCH [tcp|rtu|periodic|silent]... [--rounds N] [--seconds N]

Without a name all four are measured. pymodbus takes part if RETURN_STATION_PEERS names its virtual environment.
"""

import argparse
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

MASTER = pathlib.Path(__file__).with_name("modbus_master.py")
BAUDS = [9600, 19200, 115200]
CHARACTER_BITS = 11  # 8N2
FIXED_INTERVAL_BAUD = 19200
FIXED_INTERVAL_SECONDS = 1.75e-3
TCP_REGISTERS, TCP_EXCHANGES = 20, 5000
RTU_REGISTERS = 10
UNITS, UNIT_REGISTERS = 10, 20
SILENT_UNIT = 5
# The first two periods belong to the start, and a percentile of less than this tells nothing.
LEAST_SECONDS = 10


class Slave:
    """`station-bench modbus-slave`, and what it saw once it has ended."""

    def __init__(self, bench, *arguments, processor=None):
        self.process = subprocess.Popen([bench, "modbus-slave", *map(str, arguments)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, preexec_fn=stay_on(processor))
        words = self.process.stdout.readline().split()
        if not words or words[0] != "ready":
            raise SystemExit("modbus-slave did not start")
        self.port = words[-1]

    def end(self):
        output, _ = self.process.communicate()
        return json.loads(output)


class Masters:
    def __init__(self, bench):
        self.bench = bench
        peers = os.environ.get("RETURN_STATION_PEERS")
        self.python = f"{peers}/bin/python" if peers else None

    def ours(self, kind, work, *options):
        return [self.bench, "modbus-master", "--by", kind, "--work", work, *map(str, options)]

    def pymodbus(self, kind, *arguments):
        return [self.python, str(MASTER), kind, *map(str, arguments)]

    def tcp(self, port):
        options = ["--port", port, "--registers", TCP_REGISTERS, "--count", TCP_EXCHANGES]
        table = {"plain C": self.ours("c", "tcp", *options), "return station": self.ours("ours", "tcp", *options)}
        if self.python:
            for kind in ("sync", "async"):
                table[f"pymodbus {kind}"] = self.pymodbus(kind, "tcp", port, TCP_REGISTERS, TCP_EXCHANGES // 5)
        return table

    def rtu(self, path, baud, count):
        options = ["--path", path, "--baud", baud, "--registers", RTU_REGISTERS, "--count", count]
        table = {"plain C": self.ours("c", "rtu", *options),
                 "plain C, precise pause": self.ours("c-paced", "rtu", *options),
                 "return station": self.ours("ours", "rtu", *options)}
        if self.python:
            for kind in ("sync", "async"):
                table[f"pymodbus {kind}"] = self.pymodbus(kind, "rtu", path, baud, RTU_REGISTERS, count)
        return table


def stay_on(processor):
    """What a child does first to keep to one processor, if there are two; None lets it go where it wants."""
    if processor is None or len(os.sched_getaffinity(0)) < 2:
        return None
    chosen = sorted(os.sched_getaffinity(0))[processor]
    return lambda: os.sched_setaffinity(0, {chosen})


class Awake:
    """Keeps the processors from halting (the kernel's PM QoS interface): a virtual one that halts is woken by its host
    some hundred microseconds late, and a line at 9600 baud would measure that."""

    def __enter__(self):
        try:
            self.demand = os.open("/dev/cpu_dma_latency", os.O_WRONLY)
            os.write(self.demand, struct.pack("i", 0))
        except OSError as error:
            self.demand = None
            print(f"The processors may halt between two bytes ({error}): a slow line's figures suffer from it.")

    def __exit__(self, *_):
        if self.demand is not None:
            os.close(self.demand)


def run(command, processor=None):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, preexec_fn=stay_on(processor))
    return json.loads(done.stdout.splitlines()[-1])


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure_tcp(masters, rounds):
    """All masters ask one and the same slave process."""
    slave = Slave(masters.bench)
    durations, processor, failures = {}, {}, {}
    for _ in range(rounds):
        for name, command in masters.tcp(slave.port).items():
            result = run(command)
            durations.setdefault(name, []).append(result["durations"])
            processor.setdefault(name, []).append(result["processorNanoseconds"] / len(result["durations"]))
            failures[name] = failures.get(name, 0) + result["failures"]
    slave.end()

    def figures(name):
        median = [percentile(one, 0.5) / 1000 for one in durations[name]]
        tail = [percentile(one, 0.99) / 1000 for one in durations[name]]
        return [percentile(values, 0.5) for values in (median, tail, [one / 1000 for one in processor[name]])]

    print(f"\nTCP round trips: {TCP_REGISTERS} registers, {rounds} rounds of {TCP_EXCHANGES} exchanges (median round)")
    print(f"{'':24}{'p50 us':>9}{'to C':>7}{'p99 us':>9}{'to C':>7}{'CPU us':>9}{'to C':>7}{'failed':>8}")
    plain = figures("plain C")
    for name in durations:
        cells = "".join(f"{own:9.1f}{own / base:7.2f}" for own, base in zip(figures(name), plain))
        print(f"{name:24}{cells}{failures[name]:8}")


def interval_seconds(baud):
    return FIXED_INTERVAL_SECONDS if baud > FIXED_INTERVAL_BAUD else 3.5 * CHARACTER_BITS / baud


def cycle_seconds(baud, registers):
    """The least that an exchange takes: request, answer, one interval; the slave answers at once."""
    request, answer = 8, 5 + 2 * registers
    return (request + answer) * CHARACTER_BITS / baud + interval_seconds(baud)


def measure_rtu(masters, rounds, seconds):
    with Awake():
        for baud in BAUDS:
            measure_line(masters, baud, rounds, seconds)


def measure_line(masters, baud, rounds, seconds):
    limit = cycle_seconds(baud, RTU_REGISTERS)
    count = max(20, int(seconds / limit))
    results = {}
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        path = f"{folder}/bus"
        for _ in range(rounds):
            for name, command in masters.rtu(path, baud, count).items():
                # The line watches the clock without sleeping: on one processor a master would wait for it.
                slave = Slave(masters.bench, "--rtu-link", path, "--baud", baud, processor=1)
                result = run(command, processor=0)
                line = slave.end()["line"]
                line["failures"] = result["failures"]
                results.setdefault(name, []).append(line)
    print(f"\nRTU at {baud} baud, 8N2: {RTU_REGISTERS} registers, {rounds} rounds of {count} exchanges; at most "
          f"{1 / limit:.1f} exchanges a second, interval {interval_seconds(baud) * 1000:.2f} ms")
    print(f"{'':24}{'rate':>8}{'of limit':>10}{'typical':>9}{'too early':>11}{'silence least':>15}{'median':>11}"
          f"{'mean':>11}{'line late':>11}{'failed':>8}")
    for name, lines in results.items():
        rate = percentile([one["requests"] * 1e9 / one["spanNanoseconds"] for one in lines], 0.5)
        requests = sum(one["requests"] for one in lines)
        early = sum(one["violations"] for one in lines) / requests
        least = min(one["shortestNanoseconds"] for one in lines) / 1e6
        mean = sum(one["silenceNanoseconds"] for one in lines) / requests / 1e6
        median = percentile([one["medianNanoseconds"] for one in lines], 0.5) / 1e6
        typical = limit / (limit - interval_seconds(baud) + median / 1000)
        late = sum(one["ownDelayNanoseconds"] for one in lines) / requests / 1000
        print(f"{name:24}{rate:8.1f}{rate * limit:10.3f}{typical:9.3f}{early:11.1%}{least:12.2f} ms{median:8.2f} ms"
              f"{mean:8.2f} ms{late:8.1f} us"
              f"{sum(one['failures'] for one in lines):8}")


def period_errors(read_times, period_nanoseconds, without=None):
    """By how much the time between two reads of a unit differs from the period, in milliseconds."""
    errors = []
    for unit, times in read_times.items():
        if unit != str(without):
            times = times[2:]
            errors += [abs(after - before - period_nanoseconds) / 1e6 for before, after in zip(times, times[1:])]
    return errors


def periodic(masters, kind, period_milliseconds, periods, silent_unit=None):
    arguments = ["--units", UNITS] + (["--silent-unit", silent_unit] if silent_unit else [])
    slave = Slave(masters.bench, *arguments)
    result = run(masters.ours(kind, "periodic", "--port", slave.port, "--units", UNITS, "--registers", UNIT_REGISTERS,
                              "--period", period_milliseconds, "--count", periods))
    errors = period_errors(slave.end()["readTimes"], period_milliseconds * 1_000_000, without=silent_unit)
    return errors, result


def measure_periodic(masters, seconds):
    print(f"\n{UNITS} units x {UNIT_REGISTERS} registers each second over TCP, {seconds} s")
    print(f"{'':24}{'CPU of one core':>16}{'to C':>7}{'jitter p50':>12}{'p99':>12}{'to C':>7}{'failed':>8}")
    base = None
    for name, kind in (("plain C", "c"), ("return station", "ours")):
        errors, result = periodic(masters, kind, 1000, seconds)
        row = (result["processorNanoseconds"] / result["elapsedNanoseconds"], percentile(errors, 0.99))
        base = base or row
        print(f"{name:24}{row[0]:16.4%}{row[0] / base[0]:7.2f}{percentile(errors, 0.5):9.3f} ms{row[1]:9.3f} ms"
              f"{row[1] / base[1]:7.2f}{result['failures']:8}")


def measure_silent(masters, seconds):
    print(f"\n{UNITS} units at 10 Hz over TCP, {seconds} s each: by how much the period of the {UNITS - 1} others "
          "is off")
    for name, silent in (("all answer", None), (f"unit {SILENT_UNIT} is silent", SILENT_UNIT)):
        errors, _ = periodic(masters, "ours", 100, seconds * 10, silent_unit=silent)
        print(f"{name:24}p50 {percentile(errors, 0.5):8.3f} ms   p99 {percentile(errors, 0.99):8.3f} ms   "
              f"worst {max(errors):8.3f} ms")


def go_first():
    """Slaves and masters alike go before whatever else the machine does, if that is allowed."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -20)
    except PermissionError:
        print("Without root the measured programs do not go before others: let nothing else run.")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("parts", nargs="*", help="tcp, rtu, periodic, silent")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=0, help="of each run; 0 takes what the part needs")
    options = parser.parse_args()
    parts = options.parts or ["tcp", "rtu", "periodic", "silent"]
    masters = Masters(options.bench)
    go_first()
    if "tcp" in parts:
        measure_tcp(masters, options.rounds)
    if "rtu" in parts:
        measure_rtu(masters, options.rounds, options.seconds or 3)
    if "periodic" in parts:
        measure_periodic(masters, max(LEAST_SECONDS, options.seconds or 40))
    if "silent" in parts:
        measure_silent(masters, max(LEAST_SECONDS, options.seconds or 30))


if __name__ == "__main__":
    sys.exit(main())
