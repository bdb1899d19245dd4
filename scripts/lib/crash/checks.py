"""What must hold at the end. Each check gives the sentences that say what does not."""

import collections
import json
import re

from books import Cluster, Ledger
from killing import CLUSTER_PHASES, STATION_PHASES

# The kernel closes a killed process's sockets before its end can be seen. What is measured beyond that is how late the
# simulator's thread hears of it, on a machine that others use too.
OUTPUTS_OFF_LIMIT_SECONDS = 5
# So many kills are expected to hit every phase, and to see every fault of the network.
KILLS_FOR_EVERY_KIND = 200
# The world writes its times in whole milliseconds of its own, faster clock.
ROUNDING_NANOSECONDS = 1_000_000


class Checks:
    def __init__(self, run, killer, kills):
        self.run, self.killer, self.kills = run, killer, kills
        self.folder = run.folder
        self.ledger = Ledger(self.folder / "run/state/ledger.sqlite")
        self.cluster = Cluster(self.folder / "cluster/cluster.sqlite")
        self.truth = json.loads((self.folder / "truth.json").read_text())["items"]
        self.release_seconds = []

    def all(self):
        """(what must hold, what contradicts it) in the order in which they are told."""
        return [
            ("the chain is whole (stationctl ledger verify)", self.tool(
                "stationctl", "ledger", "verify", "--directory", "run/state")),
            ("the chain is whole (scripts/verify-ledger)", self.tool(
                self.run.commands.root / "scripts/verify-ledger", "run/state/ledger.sqlite")),
            ("stored counts are what the entries say (stationctl ledger recount)", self.tool(
                "stationctl", "ledger", "recount", "--directory", "run/state")),
            ("bins, ledger and cluster agree (station-sim reconcile)", self.tool(
                "station-sim", "reconcile", "--truth", "truth.json", "--ledger", "ledger.json", "--cluster",
                "cluster.json")),
            ("each bin holds what is committed to it, and beyond that unconfirmed items only", self.bins()),
            ("each committed tag lies in its bin, once", self.tags()),
            ("each acceptance has exactly one outcome", self.one_outcome()),
            ("each acceptance that a kill cut off was ended by the next start, and no other", self.recoveries()),
            ("the cluster's totals are the fold over the acknowledged entries, hour by hour", self.fold()),
            ("the cluster holds the ledger's head and saw no fork", self.head()),
            ("no output was on while the daemon was dead", self.outputs()),
            ("enough kills, of every kind, enough of them between acceptance and outcome", self.enough()),
        ]

    def tool(self, name, *words):
        answer = self.run.command(name, *words)
        if name == "station-sim":
            print(answer.stdout)
        return [] if answer.returncode == 0 else [(answer.stdout + answer.stderr).strip()]

    def bins(self):
        committed = collections.Counter(item["bin"] for item in self.ledger.committed)
        lying = collections.Counter(item["end"].removeprefix("bin:") for item in self.truth
                                    if item["end"].startswith("bin:"))
        wrong = [f"{committed[name]} items are committed to bin {name}, and {lying[name]} lie in it."
                 for name in committed if committed[name] > lying[name]]
        unconfirmed = sum(payload["outcome"] == "unconfirmed" for payload in self.ledger.ended)
        if lying.total() - committed.total() > unconfirmed:
            wrong.append(f"{lying.total()} items lie in the bins, {committed.total()} are committed and {unconfirmed} "
                         "unconfirmed.")
        return wrong

    def tags(self):
        """A tag of the scenario is on one item, whose end is known."""
        drawn = [re.search(r"tag: (\d+)", line) for line in (self.folder / "scenario.yaml").read_text().splitlines()
                 if line.startswith("  - {name")]
        numbers = [int(match[1]) if match else None for match in drawn]
        ends = {number: item["end"] for number, item in zip(numbers, self.truth) if numbers.count(number) == 1}
        committed = collections.Counter()
        wrong = []
        for item in self.ledger.committed:
            tag = item.get("tag")
            committed[tag] += tag in ends
            if tag in ends and ends[tag] != f"bin:{item['bin']}":
                wrong.append(f"The item with tag {tag} is committed to bin {item['bin']}, and ended {ends[tag]}.")
        return wrong + [f"Tag {tag} is committed {count} times." for tag, count in committed.items() if count > 1]

    def one_outcome(self):
        ends = collections.Counter(payload["acceptedSequence"] for payload in self.ledger.ended)
        return [f"Acceptance {sequence} has {ends[sequence]} outcomes."
                for sequence in sorted(self.ledger.accepted | set(ends)) if ends[sequence] != 1]

    def recoveries(self):
        seen, recovered = self.killer.interrupted, self.ledger.recovered
        return ([f"Acceptance {sequence} was open when its daemon was dead; no start has ended it."
                 for sequence in sorted(seen - recovered)]
                + [f"Acceptance {sequence} was ended by a start, and was not open when a daemon was dead."
                   for sequence in sorted(recovered - seen)])

    def fold(self):
        ours, theirs = self.ledger.fold(), self.cluster.totals
        return [f"{key}: the ledger says {ours.get(key)}, the cluster {theirs.get(key)} (units, mg)."
                for key in sorted(ours.keys() | theirs.keys()) if ours.get(key) != theirs.get(key)]

    def head(self):
        wrong = [f"The cluster holds {len(self.cluster.ledgers)} ledgers of this station."
                 ] if len(self.cluster.ledgers) != 1 else []
        for watermark, head in self.cluster.ledgers:
            if watermark != self.ledger.acknowledged or head != self.ledger.hash(watermark):
                wrong.append(f"The cluster holds entry {watermark} with hash {head}; the ledger is acknowledged up to "
                             f"{self.ledger.acknowledged}, and its entry has {self.ledger.hash(watermark)}.")
        return wrong + ([f"The cluster refused {self.cluster.forks} forks."] if self.cluster.forks else [])

    def outputs(self):
        """Each process's outputs fall when it is gone, soon, and nothing is on again before the next one is started."""
        wrong, on, gone = [], set(), None
        lives = self.run.stationd.lives
        for time, line, level in self.run.world.outputs:
            if line is None:
                life = next((life for life in reversed(lives)
                             if life.killed is not None and life.killed <= time + ROUNDING_NANOSECONDS), None)
                seconds = max(0, time - life.dead) / 1e9 if life else 0
                self.release_seconds.append(seconds)
                if on or seconds > OUTPUTS_OFF_LIMIT_SECONDS:
                    wrong.append(f"{seconds:.3f} s after the daemon was dead, {sorted(on)} were still on.")
                gone = life
                continue
            if level and gone is not None:
                following = next((life.spawned for life in lives if life.spawned > gone.dead), None)
                if following is None or time + ROUNDING_NANOSECONDS < following:
                    wrong.append(f"{line} went on while no daemon ran.")
                gone = None
            on = on | {line} if level else on - {line}
        return wrong + ([f"{sorted(on)} are on at the end."] if on else [])

    def enough(self):
        wrong = []
        lives = [life for life in self.run.stationd.lives + self.run.clusterd.lives if life.phase is not None]
        if len(lives) < self.kills:
            wrong.append(f"{len(lives)} of {self.kills} kills.")
        if len(self.killer.interrupted) < self.kills // 4:
            wrong.append(f"{len(self.killer.interrupted)} kills between acceptance and outcome, of {self.kills // 4}.")
        if self.kills >= KILLS_FOR_EVERY_KIND:
            victims = (self.run.stationd, self.run.clusterd)
            phases = collections.Counter((victim.name, life.phase) for victim in victims for life in victim.lives)
            wrong += [f"No kill of {name} came where it was: {phase}."
                      for name, all_phases in (("stationd", STATION_PHASES), ("clusterd", CLUSTER_PHASES))
                      for phase in all_phases if not phases[name, phase]]
            wrong += [f"The network did this not once: {name}." for name, count in self.run.network_counts().items()
                      if count == 0]
        return wrong
