"""The programs under test as processes: started, told to be ready as systemd is, killed, and started again."""

import ctypes
import dataclasses
import os
import signal
import socket
import subprocess
import time

# From the start of a program to its READY, on a machine that others use too. Nothing is waited for longer at a start.
START_LIMIT_SECONDS = 60
# What systemd gives a program for its orderly end is 90 s; a passage is drained within 30 s.
STOP_LIMIT_SECONDS = 90


PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def end_with_parent():
    """Whatever becomes of this script, what it has started does not outlive it."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Failure(Exception):
    """What was expected and what came instead: a sentence."""


@dataclasses.dataclass
class Life:
    """One process. Times are nanoseconds of the monotonic clock, None while they have not come."""
    spawned: int
    ready: int | None = None
    # Before the signal was sent, and after the process was gone.
    killed: int | None = None
    dead: int | None = None
    phase: str | None = None


class Program:
    def __init__(self, name, command, folder, ready_line=None):
        """`ready_line`: how the log of a program that tells no supervisor begins its line when it is ready."""
        self.name, self.command, self.folder, self.ready_line = name, command, folder, ready_line
        self.log = folder / f"{name}.log"
        self.log.touch()
        self.lives = []
        self.process = None
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.notify.bind(str(folder / f"{name}.notify"))

    def start(self):
        self.take_messages()
        environment = os.environ | {"NOTIFY_SOCKET": str(self.folder / f"{self.name}.notify")}
        with open(self.log, "ab") as log:
            self.lives.append(Life(time.monotonic_ns()))
            self.process = subprocess.Popen(self.command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, preexec_fn=end_with_parent)

    @property
    def life(self):
        return self.lives[-1]

    @property
    def is_ready(self):
        return self.process is not None and self.life.ready is not None

    def take_messages(self):
        """What the program has told its supervisor; what a dead one has told counts for none that follows."""
        texts = []
        while True:
            try:
                texts.append(self.notify.recv(4096).decode())
            except BlockingIOError:
                return texts

    def look(self):
        """Notes readiness; an end that nobody asked for is a failure, and so is a start that takes too long."""
        if self.process is None:
            return
        messages = self.take_messages()
        if self.life.ready is None and (any(text.startswith("READY=1") for text in messages) or self.says_ready()):
            self.life.ready = time.monotonic_ns()
        code = self.process.poll()
        if code is not None:
            raise Failure(f"{self.name} ended by itself with code {code}: the end of {self.log} says why.")
        if self.life.ready is None and time.monotonic_ns() - self.life.spawned > START_LIMIT_SECONDS * 10**9:
            raise Failure(f"{self.name} was not ready after {START_LIMIT_SECONDS} s: see the end of {self.log}.")

    def says_ready(self):
        return self.ready_line is not None and any(
            line.startswith(self.ready_line) for line in self.log.read_text().splitlines())

    def kill(self):
        """kill -9. Returns when the kernel has closed everything that the process had."""
        self.look()
        self.life.killed = time.monotonic_ns()
        self.process.kill()
        code = self.process.wait()
        self.life.dead = time.monotonic_ns()
        self.process = None
        if code != -signal.SIGKILL:
            raise Failure(f"{self.name} ended with code {code} while it was being killed: see {self.log}.")

    def stop(self):
        """The orderly end."""
        self.look()
        self.life.killed = time.monotonic_ns()
        self.process.terminate()
        try:
            code = self.process.wait(STOP_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.name} did not end within {STOP_LIMIT_SECONDS} s of SIGTERM: see {self.log}.")
        self.life.dead = time.monotonic_ns()
        self.process = None
        if code != 0:
            raise Failure(f"{self.name} ended with code {code} after SIGTERM: see {self.log}.")

    def end(self):
        """Whatever it came to, by its process id."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.notify.close()

    @property
    def start_seconds(self):
        return [(life.ready - life.spawned) / 1e9 for life in self.lives if life.ready is not None]
