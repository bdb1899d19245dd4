"""One run: the programs together, an attendant who does what docs/stationctl.md says, and bounded waits."""

import json
import signal
import subprocess
import time

from accounts import Lines, Network, Snapshot, World
from programs import Failure, Program

STATION = "rs-1-sim"
# How these two, which tell no supervisor, begin their line when they are ready.
SIMULATOR_READY, PROXY_READY = "modbus tcp", "proxy 127.0.0.1"
# Between two looks at everything. Kills come at random, so nothing is lost by it.
LOOK_SECONDS = 0.01
# Two in three exchanges go wrong in some way; the rest is enough to get every report through.
FAULTS_PERMILLE = 650
# So long without an item's acceptance or refusal the attendant looks at what the station says, and then so often.
ATTENDANT_LOOKS_AFTER_SECONDS = 6
ATTENDANT_LOOKS_EVERY_SECONDS = 3
COMMAND_LIMIT_SECONDS = 60
# Several exchanges in a row must get through, and each that does not doubles the wait before the next.
ENROLMENT_SECONDS = 900


class Run:
    def __init__(self, commands, limit_seconds):
        self.commands, self.folder = commands, commands.folder
        self.deadline = time.monotonic() + limit_seconds
        self.world, self.network = World(self.folder / "world.jsonl"), Network(self.folder / "network.jsonl")
        self.simulator = Program("simulator", commands.simulator(), self.folder, SIMULATOR_READY)
        self.proxy = Program("proxy", commands.network(FAULTS_PERMILLE, "network.jsonl"), self.folder, PROXY_READY)
        self.clusterd = Program("clusterd", commands.clusterd(), self.folder)
        self.stationd = Program("stationd", commands.stationd(), self.folder)
        self.programs = [self.simulator, self.proxy, self.clusterd, self.stationd]
        self.log = Lines(self.stationd.log)
        self.acceptances = 0
        self.last_news = time.monotonic()
        self.clears = []
        self.has_attendant = True

    # Time

    def look(self):
        if time.monotonic() > self.deadline:
            raise Failure("The time for the whole run is over.")
        for program in self.programs:
            program.look()
        self.world.look()
        self.network.look()
        for line in self.log.take():
            if "item accepted" in line:
                self.acceptances += 1
            if "item accepted" in line or "item refused" in line:
                self.last_news = time.monotonic()
        if self.has_attendant:
            self.attend()

    def wait(self, condition, seconds, what=None):
        """Until the condition holds. After so long: a failure if it is said what is waited for, else False."""
        end = time.monotonic() + seconds
        while True:
            self.look()
            if condition():
                return True
            if time.monotonic() >= end:
                if what is None:
                    return False
                raise Failure(f"Gave up waiting for {what} after {seconds:.0f} s.")
            time.sleep(min(LOOK_SECONDS, max(0, end - time.monotonic())))

    def pause(self, seconds):
        self.wait(lambda: False, seconds)

    # People

    def attend(self):
        """Clears what only a person may clear: a station that is held or aborted, and still is a little later."""
        if not self.stationd.is_ready or time.monotonic() - self.last_news < ATTENDANT_LOOKS_AFTER_SECONDS:
            return
        self.last_news += ATTENDANT_LOOKS_EVERY_SECONDS
        status = self.status()
        if status is None or status["mode"] not in ("held", "aborted"):
            return
        answer = self.ask("clear")
        if answer.returncode == 0:
            self.clears.append(f"{status['mode']}: {', '.join(status['modeCauses'])}")

    def ask(self, *words):
        return self.command("stationctl", *words, "--socket", "run/operator.sock")

    def status(self):
        """None while the daemon does not answer."""
        answer = self.ask("status", "--json")
        return json.loads(answer.stdout) if answer.returncode == 0 else None

    def command(self, name, *words):
        return subprocess.run([self.commands.bin / name, *words], cwd=self.folder, capture_output=True, text=True,
                              timeout=COMMAND_LIMIT_SECONDS)

    # Beginning and end

    def begin(self):
        for program in self.programs:
            program.start()
            self.wait(lambda: program.is_ready, 1e9)
        fingerprint = self.wait_for_status("the enrolment", ENROLMENT_SECONDS, lambda status: (
            status["uplink"]["state"] == "waitingForApproval"))["uplink"]["fingerprint"]
        approval = self.command("clusterd", "stations", "approve", STATION, "--store", "cluster", "--fingerprint",
                                fingerprint)
        if approval.returncode != 0:
            raise Failure(f"The station could not be approved: {approval.stderr}")

    def wait_for_status(self, what, seconds, fits):
        found = []

        def holds():
            status = self.status()
            found[:] = [status] if status and fits(status) else []
            return bool(found)
        self.wait(holds, seconds, what)
        return found[0]

    def snapshot(self):
        return Snapshot(self.folder / "run/state", self.folder / "copy")

    def finish(self):
        """Nobody brings more; the network gets well; everything that is under way is finished and reported."""
        self.simulator.process.send_signal(signal.SIGUSR2)
        self.wait(lambda: "all items have ended" in self.simulator.log.read_text(), 600, "the last item's end")
        self.wait_for_status("an empty belt", 300, lambda status: status["mode"] == "idle")
        self.has_attendant = False
        self.proxy.stop()
        self.programs.remove(self.proxy)
        clean = Program("network", self.commands.network(0, "network-clean.jsonl"), self.folder, PROXY_READY)
        self.programs.append(clean)
        clean.start()
        self.wait(lambda: clean.is_ready, 1e9)
        self.stationd.stop()
        self.stationd.start()
        self.wait(lambda: self.stationd.is_ready, 1e9)
        self.wait_for_status("the cluster's acknowledgement of the whole ledger", 300, lambda status: (
            status["ledger"]["acknowledgedSequence"] == status["ledger"]["lastSequence"]
            and status["mode"] == "idle" and status["uplink"]["state"] == "upToDate"))
        (self.folder / "ledger.json").write_text(self.ask("totals", "--json").stdout)
        self.stationd.stop()
        self.clusterd.stop()
        clean.stop()
        self.simulator.stop()
        self.world.look()
        totals = self.command("clusterd", "totals", "--station", STATION, "--store", "cluster", "--json")
        (self.folder / "cluster.json").write_text(totals.stdout)

    def network_counts(self):
        """What the proxy counted out at its end."""
        words = [line.split() for line in self.proxy.log.read_text().splitlines()]
        return {pair[0]: int(pair[1]) for pair in words if len(pair) == 2 and pair[1].isdigit()}

    def end(self):
        for program in reversed(self.programs):
            program.end()
