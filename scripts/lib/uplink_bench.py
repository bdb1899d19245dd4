"""Lets stationd drain a backlog into clusterd, both unmodified, and prints how fast and with how much memory.

Usage: uplink_bench.py FOLDER-WITH-EXECUTABLES [--entries N] [--directory DIR]
"""

import argparse
import json
import pathlib
import re
import subprocess
import tempfile
import time

from footprint import configuration, memory_megabytes, processor_seconds, start_simulator, start_station, stop

STATION = "rs-1-sim"
LISTENING_LIMIT_SECONDS = 20
APPROVAL_LIMIT_SECONDS = 60
DRAIN_LIMIT_SECONDS = 1800
LOOK_SECONDS = 0.2


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def fill(binaries, folder, entries):
    print(run(binaries / "station-bench", "fill-ledger", "--entries", entries, "--station", STATION,
              "--config", pathlib.Path(__file__).resolve().parents[2] / "config",
              "--directory", folder / "run/state"), end="")


def start_cluster(binaries, folder):
    log = open(folder / "cluster.log", "w+")
    process = subprocess.Popen(
        [binaries / "clusterd", "serve", "--listen", "127.0.0.1:0", "--store", folder / "cluster"],
        stdout=log, stderr=log)
    limit = time.monotonic() + LISTENING_LIMIT_SECONDS
    while time.monotonic() < limit:
        found = re.search(r"Listening on (http[^ ]*[0-9])", (folder / "cluster.log").read_text())
        if found:
            return process, found.group(1)
        time.sleep(0.1)
    process.kill()
    raise SystemExit("clusterd did not start")


def status(binaries, folder):
    return json.loads(run(binaries / "stationctl", "status", "--json", "--socket", folder / "run/operator.sock"))


def approve(binaries, folder):
    limit = time.monotonic() + APPROVAL_LIMIT_SECONDS
    while time.monotonic() < limit:
        uplink = status(binaries, folder)["uplink"]
        if uplink["state"] == "waitingForApproval":
            run(binaries / "clusterd", "stations", "approve", STATION, "--store", folder / "cluster",
                "--fingerprint", uplink["fingerprint"])
            return
        time.sleep(LOOK_SECONDS)
    raise SystemExit(f"the station did not introduce itself within {APPROVAL_LIMIT_SECONDS} s")


def drain(binaries, folder, processes):
    """Times from the first acknowledged report on: before it the station waits for its next question."""
    before = {name: processor_seconds(process.pid) for name, process in processes.items()}
    first = None
    limit = time.monotonic() + DRAIN_LIMIT_SECONDS
    while time.monotonic() < limit:
        ledger = status(binaries, folder)["ledger"]
        now = time.monotonic()
        if first is None and ledger["acknowledgedSequence"] > 0:
            first = (now, ledger["acknowledgedSequence"])
        if first and ledger["acknowledgedSequence"] == ledger["lastSequence"]:
            seconds = max(now - first[0], LOOK_SECONDS)
            drained = ledger["lastSequence"] - first[1]
            print(f"drained:  {drained} entries in {seconds:.1f} s, {drained / seconds:.0f} entries a second")
            for name, process in processes.items():
                used = processor_seconds(process.pid) - before[name]
                print(f"{name + ':':9} {used:.1f} s of processor time, {memory_megabytes(process.pid, 'VmRSS'):.1f} MB "
                      f"resident, {memory_megabytes(process.pid, 'VmHWM'):.1f} MB at most")
            return ledger["lastSequence"]
        time.sleep(LOOK_SECONDS)
    raise SystemExit(f"the backlog was not drained within {DRAIN_LIMIT_SECONDS} s")


def check(binaries, folder, last):
    stations = json.loads(run(binaries / "clusterd", "stations", "list", "--json", "--store", folder / "cluster"))
    own = json.loads(run(binaries / "stationctl", "totals", "--json", "--socket", folder / "run/operator.sock"))
    held = json.loads(run(binaries / "clusterd", "totals", "--json", "--store", folder / "cluster"))
    units = sum(row["units"] for row in own)
    if units != sum(row["units"] for row in held):
        raise SystemExit(f"the station counts {units} units, the cluster does not: {held}")
    print(f"agreed:   entry {last}, {units} units; the cluster names {len(stations)} station")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries", type=pathlib.Path)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--directory", help="where everything is written; removed afterwards")
    options = parser.parse_args()
    binaries = options.binaries.resolve()
    with tempfile.TemporaryDirectory(prefix="uplink", dir=options.directory) as name:
        folder = pathlib.Path(name)
        (folder / "run/state").mkdir(parents=True)
        fill(binaries, folder, options.entries)
        processes = {}
        log = open(folder / "station.log", "w")
        simulator, port = start_simulator(binaries, folder, 1)
        try:
            processes["clusterd"], url = start_cluster(binaries, folder)
            configuration(folder, port, url)
            processes["stationd"], ready = start_station(binaries, folder, log)
            print(f"start:    stationd was ready after {ready * 1000:.0f} ms")
            approve(binaries, folder)
            check(binaries, folder, drain(binaries, folder, processes))
        finally:
            for process in [*processes.values(), simulator]:
                stop(process)


if __name__ == "__main__":
    main()
