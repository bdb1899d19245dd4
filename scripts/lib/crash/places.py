"""The folder of one run: the station's configuration, and what people bring."""

import random
import socket
import subprocess

# As in scripts/demo: faster, a falling item interrupts the drop beam for less than twice the debounce time.
TIME_SCALE = 4
# Kills leave about one item each behind; more items than that are never needed, and a scenario holds no more.
ITEMS_PER_KILL = 4
ITEMS_LIMIT = 5000
# No bin is full before it is emptied: an item takes up 0.4 % of one for each decimetre.
ITEMS_BETWEEN_EMPTYINGS = 100
BINS = ["reuse", "plastic", "fibre", "metal-glass"]
# Below the ports that the kernel gives to outgoing connections, which could take one while its owner is dead.
PORTS = range(20_000, 32_000)


def free_port(chance):
    """A port that nobody listens on; it has to be the same after every restart."""
    while True:
        port = chance.choice(PORTS)
        with socket.socket() as candidate:
            try:
                candidate.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def write_scenario(path, sim, root, kills, seed):
    count = min(ITEMS_LIMIT, max(50, kills * ITEMS_PER_KILL))
    drawn = subprocess.run([sim, "items", "--random", str(count), "--seed", str(seed), "--catalogue",
                            root / "config/catalogue.yaml"], check=True, capture_output=True, text=True).stdout
    faults = [f"  - {{item: {item}, fault: binFilled, bin: {name}, level: \"0 %\"}}\n"
              for item in range(ITEMS_BETWEEN_EMPTYINGS, count, ITEMS_BETWEEN_EMPTYINGS) for name in BINS]
    path.write_text(drawn + ("faults:\n" + "".join(faults) if faults else ""))


def write_configuration(path, root, modbus_port, proxy_port):
    """RS-1 as shipped, in this folder. The belt runs `TIME_SCALE` times as fast as in reality, so it brings an item
    back in less than the shipped window, which is waited for in full where no sensor sees the item."""
    text = (root / "config/rs-1-sim.yaml").read_text()
    for place, replacement in [
            ("catalogue: catalogue.yaml", f"catalogue: {root}/config/catalogue.yaml"),
            ("model: models/", f"model: {root}/config/models/"),
            ("port: 1502", f"port: {modbus_port}"),
            ("handBack: \"5 s\"", "handBack: \"1500 ms\"")]:
        if place not in text:
            raise SystemExit(f"config/rs-1-sim.yaml does not say {place!r} any more; see {__file__}")
        text = text.replace(place, replacement)
    path.write_text(text + f"cluster:\n  url: http://127.0.0.1:{proxy_port}\n  period: \"1 s\"\n")


class Commands:
    """What is started, in `folder`."""

    def __init__(self, bin, root, folder, seed, kills):
        self.bin, self.root, self.folder, self.seed = bin, root, folder, seed
        chance = random.Random(seed)
        self.modbus, self.cluster, self.proxy = (free_port(chance) for _ in range(3))
        (folder / "run").mkdir()
        write_scenario(folder / "scenario.yaml", bin / "station-sim", root, kills, seed)
        write_configuration(folder / "station.yaml", root, self.modbus, self.proxy)

    def simulator(self):
        return [self.bin / "station-sim", "serve", "--scenario", "scenario.yaml", "--catalogue",
                self.root / "config/catalogue.yaml", "--rtu-link", "run/rs485.pty", "--tcp-port", str(self.modbus),
                "--gpio-socket", "run/gpio.sock", "--time-scale", str(TIME_SCALE), "--truth", "truth.json",
                "--json-events", "world.jsonl", "--stay"]

    def network(self, faults_permille, events):
        return [self.bin / "station-sim", "proxy", "--port", str(self.proxy), "--cluster-port", str(self.cluster),
                "--seed", str(self.seed), "--faults-permille", str(faults_permille), "--json-events", events]

    def clusterd(self):
        return [self.bin / "clusterd", "serve", "--listen", f"127.0.0.1:{self.cluster}", "--store", "cluster"]

    def stationd(self):
        return [self.bin / "stationd", "--config", "station.yaml"]
