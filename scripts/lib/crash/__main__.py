"""Kills stationd and clusterd at random moments while items flow and the network is bad; see docs/crash-test.md.

usage: python3 scripts/lib/crash BIN FOLDER --kills N --seed S
Exit codes: 0 everything agrees, 1 something does not.
"""

import argparse
import collections
import pathlib
import signal
import sys
import time

from checks import Checks
from killing import CLUSTER_PHASES, STATION_PHASES, Killer
from places import Commands
from programs import Failure
from run import Run

# A run that takes longer than this for each kill is stuck somewhere.
SECONDS_PER_KILL = 20
SECONDS_AROUND = 900
KILLS_BETWEEN_NOTES = 20


def kill_all(run, killer, kills):
    began = time.monotonic()
    for number in range(1, kills + 1):
        killer.kill_one()
        if number % KILLS_BETWEEN_NOTES == 0 or number == kills:
            print(f"{time.monotonic() - began:6.0f} s  {number} kills, {len(killer.interrupted)} of them between "
                  f"acceptance and outcome, {run.world.sent} items, {len(run.network.forwarded)} requests at the "
                  "cluster", flush=True)


def show(title, rows):
    width = max(len(name) for name, *_ in rows)
    print(title)
    for name, *values in rows:
        print(f"  {name:<{width}}" + "".join(f"{value:>12}" for value in values))
    print()


def tables(run, killer, checks, seconds):
    killed = collections.Counter((program.name, life.phase) for program in (run.stationd, run.clusterd)
                                 for life in program.lives if life.phase is not None)
    phases = STATION_PHASES + CLUSTER_PHASES[1:]
    rows = [(phase, killed["stationd", phase] or "-", killed["clusterd", phase] or "-") for phase in phases]
    show("KILLS" + " " * 32 + "stationd    clusterd", rows + [
        ("all", *(sum(count for (name, _), count in killed.items() if name == program)
                  for program in ("stationd", "clusterd")))])
    show("NETWORK (exchanges between station and cluster)",
         list(run.network_counts().items()))
    ends = collections.Counter(item["end"] for item in checks.truth)
    show(f"ITEMS: {len(checks.truth)} put in", sorted(ends.items()))
    show("OUTCOMES in the ledger", [(f"{outcome} ({cause})", count) for (outcome, cause), count in
                                    sorted(checks.ledger.outcomes().items())])
    starts = sorted(run.stationd.start_seconds)
    releases = sorted(checks.release_seconds)
    show("TIMES in seconds", [
        ("whole run", f"{seconds:.0f}"),
        ("start of stationd until READY: median, longest", f"{starts[len(starts) // 2]:.2f}", f"{starts[-1]:.2f}"),
        ("start of clusterd until READY: longest", f"{max(run.clusterd.start_seconds):.2f}"),
        ("outputs off after the daemon's death: median, longest", f"{releases[len(releases) // 2]:.4f}",
         f"{releases[-1]:.4f}")])
    clears = collections.Counter(run.clears)
    show(f"ATTENDANT: cleared {len(run.clears)} times", sorted(clears.items()) or [("-",)])


def end(*_):
    """Whoever ends this also ends what it has started. Once: whoever ends a group of processes and this script's own
    trap both send a signal, and the second one must not interrupt the clearing away."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(128 + signal.SIGTERM)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, end)
    root = pathlib.Path(__file__).resolve().parents[3]
    began = time.monotonic()
    commands = Commands(arguments.bin.resolve(), root, arguments.folder.resolve(), arguments.seed, arguments.kills)
    run = Run(commands, SECONDS_AROUND + SECONDS_PER_KILL * arguments.kills)
    try:
        killer = Killer(run, arguments.seed)
        run.begin()
        kill_all(run, killer, arguments.kills)
        run.finish()
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        run.end()
    killer.sort_cluster_kills()
    checks = Checks(run, killer, arguments.kills)
    results = checks.all()
    tables(run, killer, checks, time.monotonic() - began)
    for what, wrong in results:
        print(f"{'ok    ' if not wrong else 'WRONG '} {what}")
        for sentence in wrong[:20]:
            print(f"         {sentence}")
    return 1 if any(wrong for _, wrong in results) else 0


sys.exit(main())
