"""What the ledger says by docs/ledger-format.md alone, and what the cluster's store holds."""

import collections
import json
import sqlite3

MILLISECONDS_PER_HOUR = 3_600_000


def open_read_only(path):
    return sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)


class Ledger:
    """Every entry of a ledger that nobody writes any more."""

    def __init__(self, path):
        database = open_read_only(path)
        rows = database.execute("SELECT sequence, kind, payload, unix_milliseconds, hash FROM entry ORDER BY sequence")
        self.entries = [(sequence, kind, json.loads(payload), unix // MILLISECONDS_PER_HOUR, digest.hex())
                        for sequence, kind, payload, unix, digest in rows]
        self.acknowledged = database.execute("SELECT acknowledged_sequence FROM uplink").fetchone()[0]
        database.close()

    @property
    def accepted(self):
        return {sequence for sequence, kind, *_ in self.entries if kind == "accepted"}

    @property
    def ended(self):
        return [payload for _, kind, payload, *_ in self.entries if kind == "ended"]

    @property
    def committed(self):
        return [payload["item"] for payload in self.ended if payload["outcome"] == "committed"]

    @property
    def recovered(self):
        """Acceptances that a start has ended: before its `started`, with no other entry between."""
        found, waiting = set(), set()
        for _, kind, payload, *_ in self.entries:
            if kind == "ended" and payload.get("cause") == "interrupted":
                waiting.add(payload["acceptedSequence"])
                continue
            if kind == "started":
                found |= waiting
            waiting = set()
        return found

    def outcomes(self):
        counts = collections.Counter((payload["outcome"], payload.get("cause", "-")) for payload in self.ended)
        counts.update(("refused", payload["reason"]) for _, kind, payload, *_ in self.entries if kind == "refused")
        return counts

    def fold(self):
        """(hour, type, material, stream, outcome): [units, milligrams], up to the acknowledged entry."""
        sums = collections.defaultdict(lambda: [0, 0])
        for sequence, kind, payload, hour, _ in self.entries:
            if sequence > self.acknowledged or kind not in ("ended", "refused"):
                continue
            item = payload["item"] if kind == "ended" else payload
            stream = item["stream"] if kind == "ended" else ""
            outcome = payload["outcome"] if kind == "ended" else "returned"
            row = sums[hour, item.get("packagingType", ""), item["material"], stream, outcome]
            row[0] += 1
            # A refused item may have weighed less than nothing.
            row[1] += max(0, item.get("massMilligrams", 0))
        return {key: tuple(row) for key, row in sums.items()}

    def hash(self, sequence):
        return next((digest for number, *_, digest in self.entries if number == sequence), None)


class Cluster:
    def __init__(self, path):
        database = open_read_only(path)
        self.ledgers = database.execute("SELECT watermark, head FROM ledgers").fetchall()
        self.forks = database.execute("SELECT count(*) FROM forks").fetchone()[0]
        rows = database.execute("""SELECT unix_hour, packaging_type, material, stream, outcome, units, mass_milligrams
                                   FROM totals""")
        self.totals = {row[:5]: row[5:] for row in rows if row[5] or row[6]}
        database.close()
