"""What the programs write while they run, read from outside: the world's events, the proxy's, logs, and the ledger."""

import json
import shutil
import sqlite3

# More entries than one life of the daemon leaves open questions about.
RECENT_ENTRIES = 500


class Lines:
    """The whole lines that a growing file has got since the last look."""

    def __init__(self, path):
        self.path, self.file, self.rest = path, None, b""

    def take(self):
        if self.file is None:
            if not self.path.exists():
                return []
            self.file = open(self.path, "rb")
        *lines, self.rest = (self.rest + self.file.read()).split(b"\n")
        return [line.decode() for line in lines]


class World:
    """The physical side: when items come, and when each output was energised."""

    def __init__(self, path):
        self.lines = Lines(path)
        self.origin = self.scale = None
        self.sent = 0
        self.last_sent = 0
        # (time, line, level), or (time, None, None) where the lines of a gone process have fallen back.
        self.outputs = []

    def look(self):
        for line in self.lines.take():
            event = json.loads(line)
            name = event["event"]
            if name == "begun":
                self.origin, self.scale = event["monotonicNanoseconds"], event["timeScale"]
                continue
            time = self.origin + int(event["atMilliseconds"] * 1e6 / self.scale)
            if name == "itemSent":
                self.sent += 1
                self.last_sent = time
            elif name == "outputChanged":
                self.outputs.append((time, event["line"], event["level"] == "on"))
            elif name == "outputsReleased":
                self.outputs.append((time, None, None))


class Network:
    """The proxy's side: which reports the cluster had in its hands, and when."""

    def __init__(self, path):
        self.lines = Lines(path)
        self.forwarded = []
        # When the cluster had answered, or was gone.
        self.over = {}

    def look(self):
        for line in self.lines.take():
            event = json.loads(line)
            if event["event"] == "forwarded":
                self.forwarded.append((event["exchange"], event["monotonicNanoseconds"]))
            elif event["event"] in ("answered", "lost"):
                self.over[event["exchange"]] = event["monotonicNanoseconds"]

    def is_under_way(self, time):
        """Whether the cluster had a request then that it had not answered."""
        return any(begun <= time < self.over.get(exchange, begun) for exchange, begun in self.forwarded)


class Snapshot:
    """The newest entries of a ledger whose daemon is dead. Copies are read, because whoever opens a database that was
    left by a killed process begins to recover it, and that is the daemon's own work."""

    def __init__(self, state, scratch):
        self.entries = []
        scratch.mkdir(exist_ok=True)
        for name in ("ledger.sqlite", "ledger.sqlite-wal"):
            (scratch / name).unlink(missing_ok=True)
            if (state / name).exists():
                shutil.copyfile(state / name, scratch / name)
        (scratch / "ledger.sqlite-shm").unlink(missing_ok=True)
        if (scratch / "ledger.sqlite").exists():
            self.entries = self.read(scratch / "ledger.sqlite")

    @staticmethod
    def read(path):
        database = sqlite3.connect(path)
        try:
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry'").fetchone():
                return []
            rows = database.execute("""SELECT sequence, kind, payload, monotonic_nanoseconds FROM entry
                                       ORDER BY sequence DESC LIMIT ?""", (RECENT_ENTRIES,)).fetchall()
        finally:
            database.close()
        return [(sequence, kind, json.loads(payload), time) for sequence, kind, payload, time in reversed(rows)]

    @property
    def open_acceptances(self):
        accepted = {sequence for sequence, kind, _, _ in self.entries if kind == "accepted"}
        return accepted - {payload["acceptedSequence"] for _, kind, payload, _ in self.entries if kind == "ended"}

    @property
    def last_outcome(self):
        """When the last item's outcome was written by the daemon that saw it; 0 if there is none."""
        return max((time for _, kind, payload, time in self.entries
                    if kind in ("ended", "refused") and payload.get("cause") != "interrupted"), default=0)
