"""Boots a station under QEMU again and again and cuts its power each time; see docs/power-and-disk.md.

Usage: cuts.py [OPTION...] -- QEMU-COMMAND...
Exit codes: 0 all holds, 1 something does not (it is named), 3 the run itself failed.
"""

import argparse
import dataclasses
import json
import pathlib
import random
import subprocess
import sys
import time

import judge
import nbd
from cut_disk import Counts, CutDisk

# The longest that a machine may take until its daemon answers, on a slow and busy host.
BOOT_LIMIT_SECONDS = 150
# What is supposed until the first boot was seen.
FIRST_BOOT_SECONDS = 25.0
# A passage takes about six seconds.
LONGEST_LIFE_SECONDS = 14
LONGEST_LIFE_OPERATIONS = 90
# The kernel's mount, and the daemon's opening of its ledger.
RECOVERY_OPERATIONS = 40
PASSAGE_SECONDS = 4
WORLD_LIMIT_SECONDS = 600


class Failed(Exception):
    """The run could not be done."""


@dataclasses.dataclass
class Plan:
    """When one cut comes."""
    kind: str
    amount: float

    def __str__(self) -> str:
        match self.kind:
            case "boot":
                return f"{self.amount:.1f} s after power came"
            case "life":
                return f"{self.amount:.1f} s after the first answer"
            case "operations":
                return f"in the disk's operation {self.amount:.0f} after the first answer"
            case "recovery":
                return f"in the disk's operation {self.amount:.0f} after power came"
            case _:
                return f"{self.amount:.1f} s after an acceptance"


class Machine:
    """The guest, its disk, and what is known of both."""

    def __init__(self, options: argparse.Namespace, chance: random.Random) -> None:
        self.options = options
        self.chance = chance
        self.disk = CutDisk(options.image, options.flush_milliseconds / 1000, options.lie)
        self.server = nbd.Server(self.disk, options.socket)
        self.witnesses = judge.Witnesses(options.results, options.events, options.cluster)
        self.boot_seconds = FIRST_BOOT_SECONDS
        self.boots: list[float] = []
        self.totals = Counts()
        self.cuts: dict[str, int] = {}
        self.open_cuts = 0
        self.torn_boots = 0
        self.is_approved = False

    # --- Life

    def power_on(self) -> None:
        self.disk.power_on()
        self.started = time.monotonic()
        with open(self.options.results / "qemu.log", "a") as log:
            self.guest = subprocess.Popen(self.options.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def await_(self, what: str, seconds: float, condition) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if self.guest.poll() is not None:
                raise Failed(f"the guest ended with code {self.guest.returncode} while {what} was waited for")
            if time.monotonic() > deadline:
                raise Failed(f"waited in vain for {what}, {seconds} s")
            self.approve()
            time.sleep(0.05)

    def await_answer(self) -> None:
        """Until the daemon answers an operator."""
        before = len(self.witnesses.answers())
        self.await_("the daemon's first answer", BOOT_LIMIT_SECONDS, lambda: len(self.witnesses.answers()) > before)
        self.boot_seconds = time.monotonic() - self.started
        self.boots.append(self.boot_seconds)

    def approve(self) -> None:
        """Lets the station report, once: a station that then comes with another key has lost the one it had."""
        if self.is_approved or not self.witnesses.is_introduced():
            return
        base = [self.options.clusterd, "stations"]
        store = ["--store", str(self.options.cluster)]
        station = json.loads(subprocess.check_output([*base, "list", "--json", *store]))[0]
        subprocess.check_call(
            [*base, "approve", *store, station["station"], "--fingerprint", station["fingerprint"]],
            stdout=subprocess.DEVNULL)
        self.is_approved = True

    # --- Death

    def plan(self) -> Plan:
        kinds = {"boot": 2, "recovery": 3, "life": 1, "operations": 4, "passage": 3}
        kind = self.chance.choices(list(kinds), list(kinds.values()))[0]
        match kind:
            case "boot":
                # Its first half is the kernel's own, which does not know the disk yet.
                return Plan(kind, self.chance.uniform(0.4, 1.1) * self.boot_seconds)
            case "life":
                return Plan(kind, self.chance.uniform(0, LONGEST_LIFE_SECONDS))
            case "operations":
                return Plan(kind, self.chance.randint(1, LONGEST_LIFE_OPERATIONS))
            case "recovery":
                return Plan(kind, self.chance.randint(1, RECOVERY_OPERATIONS))
            case _:
                return Plan(kind, self.chance.uniform(0, PASSAGE_SECONDS))

    def live_until(self, plan: Plan) -> None:
        match plan.kind:
            case "boot":
                self.live_for(plan.amount)
            case "life":
                self.await_answer()
                self.live_for(plan.amount)
            case "recovery":
                self.disk.stop_after(int(plan.amount))
                self.live_for(BOOT_LIMIT_SECONDS, until=self.disk.exhausted.is_set)
            case "operations":
                self.await_answer()
                self.disk.stop_after(int(plan.amount))
                self.live_for(2 * LONGEST_LIFE_SECONDS, until=self.disk.exhausted.is_set)
            case _:
                self.await_answer()
                count = self.witnesses.log().count("item accepted")
                self.live_for(
                    2 * LONGEST_LIFE_SECONDS, until=lambda: self.witnesses.log().count("item accepted") > count)
                self.live_for(plan.amount)

    def live_for(self, seconds: float, until=lambda: False) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not until():
            if self.guest.poll() is not None:
                raise Failed(f"the guest ended by itself with code {self.guest.returncode}")
            self.approve()
            time.sleep(0.02)

    def cut(self) -> Counts:
        self.disk.power_off()
        self.guest.kill()
        self.guest.wait()
        counts = self.disk.settle(self.chance)
        for field in dataclasses.fields(Counts):
            setattr(self.totals, field.name, getattr(self.totals, field.name) + getattr(counts, field.name))
        return counts

    def judge(self) -> judge.Ledger:
        state, is_torn = judge.take_out(self.options.image, self.options.work / "judged")
        if is_torn:
            # The kernel replays all other journals itself.
            self.torn_boots += 1
            judge.check_before_mount(self.options.image)
        ledger = judge.read(state, self.options.stationctl)
        self.witnesses.judge(ledger, self.witnesses.look())
        return ledger

    # --- The whole run

    def cut_once(self, number: int) -> None:
        plan = self.plan()
        self.power_on()
        self.live_until(plan)
        seconds = time.monotonic() - self.started
        counts = self.cut()
        ledger = self.judge()
        self.cuts[plan.kind] = self.cuts.get(plan.kind, 0) + 1
        self.open_cuts += ledger.open > 0
        under_way = ", an item between acceptance and outcome" if ledger.open else ""
        print(
            f"  cut {number:3}  {seconds:5.1f} s  {plan}: {counts.in_flight} writes in flight, {counts.kept} kept, "
            f"{counts.lost} lost, {counts.torn} torn; {ledger.last} entries{under_way}", flush=True)

    def end(self) -> None:
        """One more life, to the world's end and the station's own."""
        self.power_on()
        self.await_answer()
        self.await_("the end of the world's items", WORLD_LIMIT_SECONDS, self.options.world_log_says)
        self.await_("the cluster's acknowledgement", 60, self.is_reported)
        (self.options.results / "end").touch()
        try:
            self.guest.wait(120)
        except subprocess.TimeoutExpired:
            raise Failed("the guest did not come to its orderly end") from None
        self.disk.power_off()
        self.disk.settle(self.chance)
        self.judge()

    def is_reported(self) -> bool:
        last, acknowledged = self.witnesses.answers()[-1]
        return last == acknowledged

    def kill(self) -> None:
        if hasattr(self, "guest") and self.guest.poll() is None:
            self.guest.kill()
            self.guest.wait()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cuts", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--lie", default="", choices=["", "gamble", "forget"], help="what a lying disk does at a cut")
    parser.add_argument("--flush-milliseconds", type=float, default=30)
    for name in ["image", "socket", "results", "events", "cluster", "work", "world-log"]:
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    for name in ["stationctl", "clusterd"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    options.world_log_says = lambda: "all items have ended" in options.world_log.read_text()
    return options


def main() -> int:
    options = parse()
    machine = Machine(options, random.Random(options.seed))
    try:
        if options.lie:
            return control(machine)
        for number in range(1, options.cuts + 1):
            machine.cut_once(number)
        machine.end()
    except judge.Broken as broken:
        print(f"BROKEN: {broken}")
        return 1
    except (Failed, subprocess.SubprocessError, OSError) as failure:
        print(f"The run failed: {failure}")
        return 3
    finally:
        machine.kill()
    report(machine)
    return 0


def control(machine: Machine) -> int:
    """One cut of a disk that lies, after the cluster has acknowledged something: the judge must see it."""
    machine.power_on()
    machine.await_answer()
    machine.await_("a report", BOOT_LIMIT_SECONDS, lambda: machine.witnesses.reported()[0] > 0)
    counts = machine.cut()
    print(f"  {counts.in_flight} writes that were told as flushed: {counts.kept} kept, {counts.lost} lost, "
          f"{counts.torn} torn")
    machine.judge()
    return 0


def report(machine: Machine) -> None:
    totals, kinds = machine.totals, machine.cuts
    boots = sorted(machine.boots)
    print(f"  {sum(kinds.values())} cuts: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    print(f"  disk: {totals.writes} writes, {totals.flushes} flushes, {totals.certain} of the writes written through")
    print(f"  at the cuts {totals.in_flight} writes were in flight: {totals.kept} kept, {totals.lost} lost, "
          f"{totals.torn} torn")
    print(f"  {machine.open_cuts} cuts came between an acceptance and its outcome")
    print(f"  {machine.torn_boots} cuts tore ext4's superblock or its journal's end; e2fsck ran before those boots")
    print(f"  from power to the daemon's first answer: {boots[0]:.1f} to {boots[-1]:.1f} s, "
          f"median {boots[len(boots) // 2]:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
