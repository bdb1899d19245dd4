"""A server of the NBD protocol (fixed newstyle, one export) over a Unix socket: https://github.com/NetworkBlockDevice.

It answers one request after the other, so what was answered before a flush is what the flush is about.
"""

import enum
import errno
import pathlib
import socket
import struct
import threading

from cut_disk import CutDisk

MAGIC, OPTION_MAGIC, REPLY_MAGIC = 0x4E42444D41474943, 0x49484156454F5054, 0x3E889045565A9
FIXED_NEWSTYLE, NO_ZEROES = 1, 2
ACKNOWLEDGED, INFORMATION, UNSUPPORTED = 1, 3, (1 << 31) + 1
HAS_FLAGS, SEND_FLUSH, SEND_FUA = 1, 4, 8
REQUEST_MAGIC, ANSWER_MAGIC = 0x25609513, 0x67446698
FUA = 1
LONGEST_OPTION, LONGEST_REQUEST = 64 << 10, 32 << 20


class Option(enum.IntEnum):
    EXPORT_NAME = 1
    ABORT = 2
    INFO = 6
    GO = 7


class Command(enum.IntEnum):
    READ = 0
    WRITE = 1
    DISCONNECT = 2
    FLUSH = 3


class Gone(Exception):
    """The client has gone, or there is no power to answer it."""


class Server:
    """Serves `disk` to one client after the other on a thread of its own."""

    def __init__(self, disk: CutDisk, path: pathlib.Path) -> None:
        self._disk = disk
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(1)
        threading.Thread(target=self._run, name="nbd", daemon=True).start()

    def _run(self) -> None:
        while True:
            client, _ = self._listener.accept()
            with client:
                try:
                    self._agree(client)
                    while True:
                        self._answer(client)
                except (Gone, OSError):
                    continue

    def _agree(self, client: socket.socket) -> None:
        client.sendall(struct.pack(">QQH", MAGIC, OPTION_MAGIC, FIXED_NEWSTYLE | NO_ZEROES))
        (flags,) = struct.unpack(">I", receive(client, 4))
        while True:
            _, option, length = struct.unpack(">QII", receive(client, 16))
            if length > LONGEST_OPTION:
                raise Gone
            receive(client, length)
            match option:
                case Option.EXPORT_NAME:  # It has no reply of its own.
                    padding = b"" if flags & NO_ZEROES else bytes(124)
                    client.sendall(struct.pack(">QH", self._disk.size, self._export_flags) + padding)
                    return
                case Option.INFO | Option.GO:
                    reply(client, option, INFORMATION, struct.pack(">HQH", 0, self._disk.size, self._export_flags))
                    reply(client, option, ACKNOWLEDGED)
                    if option == Option.GO:
                        return
                case Option.ABORT:
                    reply(client, option, ACKNOWLEDGED)
                    raise Gone
                case _:
                    reply(client, option, UNSUPPORTED)

    _export_flags = HAS_FLAGS | SEND_FLUSH | SEND_FUA

    def _answer(self, client: socket.socket) -> None:
        magic, flags, kind, handle, offset, length = struct.unpack(">IHHQQI", receive(client, 28))
        if magic != REQUEST_MAGIC or length > LONGEST_REQUEST:
            raise Gone
        data = receive(client, length) if kind == Command.WRITE else b""
        is_outside = kind in (Command.READ, Command.WRITE) and offset + length > self._disk.size
        if is_outside:
            error, content = errno.EINVAL, b""
        else:
            error, content = self._perform(kind, flags, offset, length, data)
        if content is None:
            # Without power there is no answer, not even a bad one. The machine's power goes in the next moment.
            while client.recv(1 << 16):
                pass
            raise Gone
        client.sendall(struct.pack(">IIQ", ANSWER_MAGIC, error, handle) + content)

    def _perform(self, kind: int, flags: int, offset: int, length: int, data: bytes) -> tuple[int, bytes | None]:
        """Error and content of the answer; no content at all: there is no power to give one."""
        match kind:
            case Command.READ:
                return 0, self._disk.read(offset, length)
            case Command.WRITE:
                is_done = self._disk.write(offset, data, bool(flags & FUA))
            case Command.FLUSH:
                is_done = self._disk.flush()
            case Command.DISCONNECT:
                raise Gone
            case _:
                return errno.EINVAL, b""
        return 0, b"" if is_done else None


def receive(client: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        part = client.recv(length - len(data))
        if not part:
            raise Gone
        data += part
    return bytes(data)


def reply(client: socket.socket, option: int, kind: int, data: bytes = b"") -> None:
    client.sendall(struct.pack(">QIII", REPLY_MAGIC, option, kind, len(data)) + data)
