"""A disk whose power can be cut: it knows what was flushed. Bytes beyond that are kept, lost or torn at a cut."""

import dataclasses
import pathlib
import random
import threading
import time

SECTOR = 512


@dataclasses.dataclass
class Counts:
    """What a disk was asked for since its power came on, and what the cut made of the rest."""
    writes: int = 0
    flushes: int = 0
    certain: int = 0
    in_flight: int = 0
    kept: int = 0
    lost: int = 0
    torn: int = 0


@dataclasses.dataclass
class Write:
    offset: int
    data: bytes
    is_certain: bool


class CutDisk:
    """One image. `lie` makes flushes worthless: "gamble" lets chance decide about all that was written since the power
    came on, "forget" loses all of it.
    """

    def __init__(self, image: pathlib.Path, flush_seconds: float, lie: str = "") -> None:
        self.image = image
        self.flush_seconds = flush_seconds
        self.lie = lie
        self.counts = Counts()
        self.is_on = False
        # Writes and flushes until the power goes by itself; 0: it does not.
        self.operations_left = 0
        self.exhausted = threading.Event()
        self._lock = threading.Lock()
        self._seen = bytearray(image.read_bytes())
        self._pending: list[Write] = []

    @property
    def size(self) -> int:
        return len(self._seen)

    def power_on(self) -> None:
        with self._lock:
            self._seen = bytearray(self.image.read_bytes())
            self._pending = []
            self.counts = Counts()
            self.operations_left = 0
            self.exhausted.clear()
            self.is_on = True

    def stop_after(self, operations: int) -> None:
        """The power goes in the last one of so many further writes and flushes; `exhausted` says so."""
        with self._lock:
            self.operations_left = operations

    def _take(self) -> bool:
        """Whether there is power to end one more operation that changes something. Called with the lock."""
        if self.is_on and self.operations_left > 0:
            self.operations_left -= 1
            if self.operations_left == 0:
                self.is_on = False
                self.exhausted.set()
        return self.is_on

    def read(self, offset: int, length: int) -> bytes | None:
        """None: there is no power, and never an answer."""
        with self._lock:
            return bytes(self._seen[offset:offset + length]) if self.is_on else None

    def write(self, offset: int, data: bytes, is_certain: bool) -> bool:
        with self._lock:
            if not self.is_on:
                return False
            # What was asked for has reached the disk's memory even if its power goes now.
            has_power = self._take()
            self._pending.append(Write(offset, data, is_certain and has_power and not self.lie))
            if not has_power:
                return False
            self._seen[offset:offset + len(data)] = data
            self.counts.writes += 1
            self.counts.certain += is_certain
            return True

    def flush(self) -> bool:
        # Takes as long as a card takes; the power may go meanwhile.
        time.sleep(self.flush_seconds)
        with self._lock:
            if not self._take():
                return False
            self.counts.flushes += 1
            if not self.lie:
                self._store(self._pending)
                self._pending = []
            return True

    def power_off(self) -> None:
        """From here on nothing is answered any more."""
        with self._lock:
            self.is_on = False

    def settle(self, chance: random.Random) -> Counts:
        """After `power_off`: decides what became of each write that was not flushed, and stores it."""
        with self._lock:
            counts = self.counts
            counts.in_flight = sum(not write.is_certain for write in self._pending)
            left = [part for write in self._pending for part in self._fate(write, chance, counts)]
            self._store(left)
            self._pending = []
            return counts

    def _fate(self, write: Write, chance: random.Random, counts: Counts) -> list[Write]:
        """What is left of one write, which is independent of all others."""
        if write.is_certain:
            return [write]
        sectors = (len(write.data) + SECTOR - 1) // SECTOR
        fate = "lost" if self.lie == "forget" else chance.choice(["kept", "lost", "torn"])
        if fate == "torn" and sectors == 1:
            fate = chance.choice(["kept", "lost"])
        setattr(counts, fate, getattr(counts, fate) + 1)
        match fate:
            case "kept":
                return [write]
            case "lost":
                return []
        # A drive may stop at any sector, and some write a page's sectors in an order of their own.
        if chance.random() < 0.5:
            count = chance.randrange(1, sectors)
            chosen = range(count) if chance.random() < 0.5 else range(sectors - count, sectors)
        else:
            chosen = chance.sample(range(sectors), chance.randrange(1, sectors))
        return [
            Write(write.offset + n * SECTOR, write.data[n * SECTOR:(n + 1) * SECTOR], False) for n in sorted(chosen)
        ]

    def _store(self, writes: list[Write]) -> None:
        with open(self.image, "r+b") as file:
            for write in writes:
                file.seek(write.offset)
                file.write(write.data)
