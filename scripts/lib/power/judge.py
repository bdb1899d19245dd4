"""Holds the disk of a station whose power was cut against all that was told, reported and moved before."""

import argparse
import collections
import dataclasses
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys

TABLES = "ledger.sqlite"
REBUILT = " is missing or outdated; it is rebuilt at the daemon's next start."
OPEN_LINE = re.compile(r"accepted=(\d+) .*passage ended")


class Broken(Exception):
    """What does not hold, as a sentence."""


@dataclasses.dataclass
class Ledger:
    """What a disk holds after a cut. Without a ledger there are no entries."""
    hashes: dict[int, str] = dataclasses.field(default_factory=dict)
    accepted: set[int] = dataclasses.field(default_factory=set)
    outcomes: dict[int, str] = dataclasses.field(default_factory=dict)
    ends: dict[int, int] = dataclasses.field(default_factory=dict)

    @property
    def last(self) -> int:
        return max(self.hashes, default=0)

    @property
    def open(self) -> int:
        """Acceptances without an outcome."""
        return len(self.accepted) - len(self.outcomes)


def run(*command: str, fine: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=120)
    if done.returncode not in fine:
        raise Broken(f"{' '.join(command)} ended with code {done.returncode}: {done.stdout}{done.stderr}".strip())
    return done.stdout + done.stderr


def take_out(image: pathlib.Path, folder: pathlib.Path) -> tuple[pathlib.Path, bool]:
    """Replays the journal of a copy as a mount does, checks the file system, and takes the state directory out.

    Also says whether a kernel before 6.10 would refuse to mount it before it was checked: the journal ends in a torn
    commit block, or the superblock itself (two sectors) is torn.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    copy = folder / "disk.img"
    shutil.copyfile(image, copy)
    # Its words are not an exit code: it prints what it can of a superblock that does not match its checksum.
    is_torn = "checksum does not match superblock" in run("dumpe2fs", "-h", str(copy), fine=(0, 1))
    said = run("e2fsck", "-E", "journal_only", "-y", str(copy), fine=(0, 1))
    is_torn = is_torn or "replay was aborted" in said
    # What the journal says was being removed is removed by the mount; that is no error, all else is one.
    said = run("e2fsck", "-f", "-p", str(copy), fine=(0, 1))
    orphans = re.compile(r"(Clearing|Truncating) orphaned inode|^\S+: \d+/\d+ files|^$|FILE SYSTEM WAS MODIFIED")
    forced = "contains a file system with errors, check forced"
    errors = [
        line for line in said.splitlines() if not orphans.search(line) and not (is_torn and line.endswith(forced))]
    if errors:
        raise Broken(f"e2fsck found: {'; '.join(errors)}")
    run("e2fsck", "-f", "-n", str(copy))
    run("debugfs", "-R", f"rdump /state {folder}", str(copy))
    return folder / "state", is_torn


def check_before_mount(image: pathlib.Path) -> None:
    """What systemd-fsck does before each mount, told `fsck.repair=yes`: without, it leaves a torn superblock alone."""
    run("e2fsck", "-y", str(image), fine=(0, 1))


def read(state: pathlib.Path, stationctl: str) -> Ledger:
    """The ledger in `state`, verified by its own program, and then read past it."""
    ledger = Ledger()
    if not (state / TABLES).exists():
        return ledger
    said = run(stationctl, "ledger", "verify", "--json", "--directory", str(state), fine=(0, 1))
    try:
        found = json.loads(said)
    except ValueError:
        raise Broken(f"stationctl ledger verify: {said}") from None
    # A ledger that was just made gets its tables of counts from the daemon that opens it: until then there are none.
    problems = [one for one in found["problems"] if found["entries"] > 0 or not one.endswith(REBUILT)]
    if problems:
        raise Broken(f"stationctl ledger verify: {'; '.join(problems)}")
    database = sqlite3.connect(state / TABLES)
    try:
        for sequence, digest, kind, payload in database.execute(
            "SELECT sequence, hash, kind, payload FROM entry ORDER BY sequence"
        ):
            ledger.hashes[sequence] = digest.hex()
            if kind == "accepted":
                ledger.accepted.add(sequence)
            elif kind == "ended":
                end = json.loads(payload)
                accepted = end["acceptedSequence"]
                if accepted in ledger.outcomes or accepted not in ledger.accepted:
                    raise Broken(f"entry {sequence} ends {accepted}, which is no open acceptance")
                ledger.outcomes[accepted] = end["outcome"]
                ledger.ends[sequence] = accepted
    except (sqlite3.Error, ValueError, KeyError) as error:
        raise Broken(f"{state / TABLES} cannot be read: {error!r}") from error
    finally:
        database.close()
    return ledger


@dataclasses.dataclass
class Seen:
    """At one time, outside of the station's disk."""
    told: int
    moved: set[int]
    watermark: int
    head: str
    units: dict[str, int]
    dropped: int
    in_bins: int


class Witnesses:
    """What was seen outside of the station's disk, and what each disk before held."""

    def __init__(self, results: pathlib.Path, events: pathlib.Path, cluster: pathlib.Path) -> None:
        self._told = results / "told"
        self._log = results / "station.log"
        self._events = events
        self._cluster = cluster / "cluster.sqlite"
        self.held: dict[int, str] = {}

    def answers(self) -> list[tuple[int, int]]:
        """Last and acknowledged sequence, as the daemon answered an operator. The last line may be half of one."""
        text = self._told.read_text(errors="replace") if self._told.exists() else ""
        pairs = re.compile(r'"acknowledgedSequence":(\d+).*"lastSequence":(\d+)')
        found = [pairs.search(line) for line in text.splitlines()]
        return [(int(one[2]), int(one[1])) for one in found if one]

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def dropped(self) -> int:
        """Items that fell off the belt's end, where the bins are."""
        return self._events.read_text().count('"event":"itemLeftBelt"')

    def in_bins(self) -> int:
        return len(re.findall(r'"event":"itemEnded".*"end":"bin:', self._events.read_text()))

    def is_introduced(self) -> bool:
        database = sqlite3.connect(f"file:{self._cluster}?mode=ro", uri=True, timeout=10)
        try:
            return database.execute("SELECT count(*) FROM stations").fetchone()[0] > 0
        finally:
            database.close()

    def reported(self) -> tuple[int, str, dict[str, int]]:
        """The cluster's watermark, head, and units by outcome."""
        database = sqlite3.connect(f"file:{self._cluster}?mode=ro", uri=True, timeout=10)
        try:
            database.execute("BEGIN")
            forks = database.execute("SELECT count(*) FROM forks").fetchone()[0]
            if forks:
                raise Broken(f"the cluster refused {forks} reports as branches of another history")
            ledgers = database.execute("SELECT watermark, head FROM ledgers").fetchall()
            units = dict(database.execute("SELECT outcome, sum(units) FROM totals GROUP BY outcome"))
        finally:
            database.close()
        if len(ledgers) > 1:
            raise Broken(f"the cluster knows {len(ledgers)} ledgers of the station: one was lost")
        return (*(ledgers[0] if ledgers else (0, "")), units)

    def look(self) -> Seen:
        watermark, head, units = self.reported()
        moved = {int(one[1]) for one in OPEN_LINE.finditer(self.log())}
        told = max((last for last, _ in self.answers()), default=0)
        return Seen(told, moved, watermark, head, units, self.dropped(), self.in_bins())

    def judge(self, ledger: Ledger, seen: Seen) -> None:
        """Raises `Broken` if anything that was seen before the ledger was read is missing in it, or another."""
        for sequence, digest in self.held.items():
            if ledger.hashes.get(sequence) != digest:
                raise Broken(f"entry {sequence} was on the disk at an earlier look, and is now missing or another")
        if seen.told > ledger.last:
            raise Broken(f"an operator was told of entry {seen.told}, the ledger ends with {ledger.last}")
        if missing := sorted(seen.moved - ledger.accepted):
            raise Broken(f"items moved under acceptances that the ledger does not hold: {missing}")
        self._judge_items(ledger, seen)
        self._judge_cluster(ledger, seen)
        self.held = ledger.hashes

    def _judge_items(self, ledger: Ledger, seen: Seen) -> None:
        # An item falls only when its acceptance is stored; so each that fell has one.
        if seen.dropped > len(ledger.accepted):
            raise Broken(f"{seen.dropped} items fell into bins, the ledger knows {len(ledger.accepted)} acceptances")
        # Each of them was let fall by one acceptance, and it ended as a drop, or nobody can know, or it is still open.
        outcomes = collections.Counter(ledger.outcomes.values())
        if seen.in_bins > outcomes["committed"] + outcomes["unconfirmed"] + ledger.open:
            raise Broken(f"{seen.in_bins} items lie in bins, the ledger has {dict(outcomes)} and {ledger.open} open")

    def _judge_cluster(self, ledger: Ledger, seen: Seen) -> None:
        if seen.watermark and ledger.hashes.get(seen.watermark) != seen.head:
            raise Broken(
                f"the cluster holds entry {seen.watermark} with hash {seen.head}, the ledger ends with {ledger.last} "
                f"and has {ledger.hashes.get(seen.watermark)} there")
        counted = collections.Counter(
            ledger.outcomes[accepted] for sequence, accepted in ledger.ends.items() if sequence <= seen.watermark)
        for outcome in ("committed", "unconfirmed", "reversed"):
            if counted[outcome] != seen.units.get(outcome, 0):
                raise Broken(f"up to entry {seen.watermark} the ledger has {counted[outcome]} {outcome}, the cluster "
                             f"{seen.units.get(outcome, 0)}")


def main() -> int:
    """Judges a daemon that runs. HISTORY keeps what an earlier call found, and is written anew."""
    parser = argparse.ArgumentParser()
    for name in ["state", "results", "events", "cluster", "history"]:
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--stationctl", required=True)
    options = parser.parse_args()
    witnesses = Witnesses(options.results, options.events, options.cluster)
    if options.history.exists():
        witnesses.held = {int(sequence): digest for sequence, digest in json.loads(options.history.read_text()).items()}
    try:
        # First what was seen, then the ledger, which meanwhile grows: what is in it came before.
        seen = witnesses.look()
        ledger = read(options.state, options.stationctl)
        witnesses.judge(ledger, seen)
    except Broken as broken:
        print(f"BROKEN: {broken}")
        return 1
    options.history.write_text(json.dumps(ledger.hashes))
    outcomes = collections.Counter(ledger.outcomes.values())
    print(f"{ledger.last} entries, {len(ledger.accepted)} acceptances: "
          + ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())) + f", {ledger.open} open")
    return 0


if __name__ == "__main__":
    sys.exit(main())
