"""Runs stationd against the simulator and prints what it needs: start to ready, memory, processor, reaction.

Usage: footprint.py FOLDER-WITH-EXECUTABLES [IDLE-SECONDS [ITEMS]]
"""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
STARTS = 5
READY_LIMIT_SECONDS = 20
RUN_LIMIT_SECONDS = 400


def configuration(folder, port, cluster="http://127.0.0.1:9"):
    text = (ROOT / "config/rs-1-sim.yaml").read_text()
    text = text.replace("catalogue: catalogue.yaml", f"catalogue: {ROOT}/config/catalogue.yaml")
    text = text.replace("model: models/", f"model: {ROOT}/config/models/")
    text = text.replace("port: 1502", f"port: {port}").replace("logLevel: info", "logLevel: debug")
    # Without another, a cluster that is not there: the uplink is part of what idles.
    text += f'\ncluster:\n  url: {cluster}\n  period: "10 s"\n'
    (folder / "station.yaml").write_text(text)


def start_simulator(binaries, folder, items):
    process = subprocess.Popen(
        [binaries / "station-sim", "serve", "--random", str(items), "--seed", "4", "--stay",
         "--catalogue", ROOT / "config/catalogue.yaml", "--rtu-link", "run/rs485.pty", "--tcp-port", "0",
         "--gpio-socket", "run/gpio.sock", "--time-scale", "2", "--time-limit", str(RUN_LIMIT_SECONDS)],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for line in process.stdout:
        found = re.match(r"modbus tcp .*:(\d+)$", line)
        if found:
            return process, int(found.group(1))
    raise SystemExit("station-sim did not start")


def await_items(simulator, items):
    """Every item's end is a line of the simulator's."""
    for line in simulator.stdout:
        items -= line.startswith("item ")
        if items == 0:
            return
    raise SystemExit("station-sim ended before its items did")


def start_station(binaries, folder, log):
    """Returns the process and the seconds from its start to READY=1."""
    path = folder / "notify.sock"
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(str(path))
    listener.settimeout(READY_LIMIT_SECONDS)
    begun = time.monotonic()
    process = subprocess.Popen(
        [binaries / "stationd", "--config", "station.yaml"], cwd=folder, stdout=log, stderr=log,
        env={**os.environ, "NOTIFY_SOCKET": str(path)})
    while b"READY=1" not in listener.recv(512):
        pass
    ready = time.monotonic() - begun
    listener.close()
    return process, ready


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)


def memory_megabytes(pid, key):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{key}:\s+(\d+) kB", text).group(1)) / 1024


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def switches(pid):
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        total += int(re.search(r"\nvoluntary_ctxt_switches:\s+(\d+)", (task / "status").read_text()).group(1))
    return total


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure_starts(binaries, folder, log):
    times = []
    for _ in range(STARTS):
        process, ready = start_station(binaries, folder, log)
        times.append(ready * 1000)
        stop(process)
    print(f"start to ready:   median {percentile(times, 0.5):.0f} ms, worst {max(times):.0f} ms of {STARTS}")


def measure_idle(pid, seconds):
    before, woken, begun = processor_seconds(pid), switches(pid), time.monotonic()
    time.sleep(seconds)
    elapsed = time.monotonic() - begun
    print(f"idle processor:   {(processor_seconds(pid) - before) / elapsed * 100:.2f} % of one core over {elapsed:.0f} s, "
          f"{(switches(pid) - woken) / elapsed:.0f} wake-ups a second")
    print(f"idle memory:      {memory_megabytes(pid, 'VmRSS'):.1f} MB resident, "
          f"{memory_megabytes(pid, 'VmHWM'):.1f} MB at most")


def measure_reaction(text):
    rows = [(int(total), int(disk)) for disk, total in
            re.findall(r"diskMicroseconds=(\d+) sinceEvidenceMicroseconds=(\d+)", text)]
    if not rows:
        raise SystemExit("no item was accepted: nothing to measure")
    own = [(total - disk) / 1000 for total, disk in rows]
    disk = [disk / 1000 for _, disk in rows]
    print(f"reaction:         {len(rows)} accepted items, last evidence to first motion beside the disk: "
          f"median {percentile(own, 0.5):.2f} ms, worst {max(own):.2f} ms")
    print(f"                  waiting for the durable entry: median {percentile(disk, 0.5):.2f} ms, "
          f"worst {max(disk):.2f} ms")


def main():
    binaries = pathlib.Path(sys.argv[1]).resolve()
    idle = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    items = int(sys.argv[3]) if len(sys.argv) > 3 else 30
    with tempfile.TemporaryDirectory(prefix="footprint") as name:
        folder = pathlib.Path(name)
        (folder / "run").mkdir()
        log = open(folder / "station.log", "w")
        simulator, port = start_simulator(binaries, folder, items)
        try:
            configuration(folder, port)
            process, _ = start_station(binaries, folder, log)
            try:
                await_items(simulator, items)
                print(f"busy memory:      {memory_megabytes(process.pid, 'VmRSS'):.1f} MB resident after {items} items")
                stop(process)
                measure_reaction((folder / "station.log").read_text())
                process, _ = start_station(binaries, folder, log)
                time.sleep(5)
                measure_idle(process.pid, idle)
            finally:
                stop(process)
            measure_starts(binaries, folder, log)
        finally:
            stop(simulator)


if __name__ == "__main__":
    main()
