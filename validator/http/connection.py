"""A client's connection with a minimum rate in both directions, and the connections that no thread holds."""

from __future__ import annotations

import errno
import resource
import select
import selectors
import socket
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from gunicorn import http  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import ReadableBuffer

# What may wait for a slow reader. The largest static file is below it; a longer answer holds its thread.
MOST_UNSENT_BYTES = 2 * 1024 * 1024
# Files, databases and pipes of a worker itself.
OWN_DESCRIPTORS = 256


@dataclass(frozen=True, slots=True)
class Pace:
    """The minimum rate of a transfer, after a time of grace."""

    longest_s: float
    grace_s: float
    least_bytes_per_s: float

    def allows_s(self, transferred: int) -> float:
        """How long after its beginning a transfer that has come so far is given up."""
        return min(self.longest_s, self.grace_s + transferred / self.least_bytes_per_s)


# A thread waits for these: 128 kbit/s. A photo of 6 MB over 2 Mbit/s takes 24 s.
READING = Pace(longest_s=30.0, grace_s=5.0, least_bytes_per_s=16 * 1024)
# No thread waits for these: 8 kbit/s, for a phone at the edge of its network.
WRITING = Pace(longest_s=600.0, grace_s=20.0, least_bytes_per_s=1024)


class ClientSocket(socket.socket):
    """A stream socket with a minimum rate. `now` gives monotonic seconds.

    `recv` returns b"" once the client is too slow, as if it had closed. `sendall` keeps what the client does
    not take at once; `flush` sends it later. Sending raises OSError where the connection is gone.
    """

    def __init__(self, accepted: socket.socket, now: Callable[[], float]) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        self._now = now
        self._read_since = self._write_since = now()
        self._received = self._sent = 0
        self._unsent: deque[memoryview] = deque()
        self.unsent_bytes = 0

    def begin_request(self) -> None:
        """Measure the rate of reading from here on."""
        self._read_since, self._received = self._now(), 0

    def receive(self, size: int) -> bytes | None:
        """What has arrived; b"" where the client is gone, None where nothing has arrived. Never waits."""
        try:
            return super().recv(size, socket.MSG_DONTWAIT)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""

    def recv(self, size: int, flags: int = 0, /) -> bytes:  # noqa: ARG002 - the base class's signature
        """Wait for bytes at the minimum rate."""
        while (data := self.receive(size)) is None:
            if not self._wait(select.POLLIN, self._read_since + READING.allows_s(self._received)):
                with suppress(OSError):
                    self.shutdown(socket.SHUT_RD)
                return b""
        self._received += len(data)
        return data

    def sendall(self, data: ReadableBuffer, flags: int = 0, /) -> None:  # noqa: ARG002 - the base class's signature
        """Send what the client takes now and keep the rest; wait only where too much would be kept."""
        view = memoryview(data).cast("B")
        if not self._unsent:
            self._write_since, self._sent = self._now(), 0
        self._unsent.append(view)
        self.unsent_bytes += len(view)
        while not self.flush() and self.unsent_bytes > MOST_UNSENT_BYTES:
            if not self._wait(select.POLLOUT, self.write_deadline):
                raise ConnectionResetError(errno.ECONNRESET, "the client reads too slowly")

    def flush(self) -> bool:
        """Send what the client takes now; whether all is sent. Never waits."""
        while self._unsent:
            try:
                count = super().send(self._unsent[0], socket.MSG_DONTWAIT)
            except (BlockingIOError, InterruptedError):
                return False
            self._sent += count
            self.unsent_bytes -= count
            if count == len(self._unsent[0]):
                self._unsent.popleft()
            else:
                self._unsent[0] = self._unsent[0][count:]
        return True

    @property
    def write_deadline(self) -> float:
        """When a client that does not read is given up (monotonic seconds)."""
        return self._write_since + WRITING.allows_s(self._sent)

    def _wait(self, event: int, until: float) -> bool:
        left_s = until - self._now()
        if left_s <= 0:
            return False
        poll = select.poll()
        poll.register(self, event)
        return bool(poll.poll(left_s * 1000))


class Connection(TConn):  # type: ignore[misc]  # gunicorn ships no types
    """A client's connection and how far its present request has come."""

    sock: ClientSocket

    def __init__(self, cfg: Any, sock: ClientSocket, client: object, server: object) -> None:  # noqa: ANN401 - gunicorn's
        super().__init__(cfg, sock, client, server)
        # TConn.init would wait for the client's first bytes in some configurations.
        self.parser = http.get_parser(cfg, sock, client)
        self.initialized = True
        self.received = bytearray()
        self.streams = False
        self.keeps = False
        self.drained = 0
        self.due = 0.0


class Stage(Enum):
    """What a connection waits for while no thread has it."""

    ARRIVING = "arriving"  # a whole request
    QUEUED = "queued"  # a thread that may read a large body
    SENDING = "sending"  # the client, to read the answer
    CLOSING = "closing"  # the client, to close its end


class WaitList:
    """Every connection that no thread has, those that wait longest first. One thread only.

    `now` gives monotonic seconds. A queued connection is not in the poller: its client has done its part.
    """

    def __init__(self, poller: selectors.BaseSelector, now: Callable[[], float]) -> None:
        self._poller, self._now = poller, now
        self._stages: dict[Connection, Stage] = {}
        self.arriving_bytes = 0

    def queue(self, conn: Connection, patience_s: float) -> None:
        """Let it wait for a thread."""
        self._stages[conn], conn.due = Stage.QUEUED, self._now() + patience_s

    def add(
        self, conn: Connection, stage: Stage, patience_s: float, then: Callable[[Connection], None]
    ) -> None:
        """Let it wait for its client; `then` is called whenever something can be read, or sent."""
        self._stages[conn], conn.due = stage, self._now() + patience_s
        event = selectors.EVENT_WRITE if stage is Stage.SENDING else selectors.EVENT_READ

        def ready(_socket: object) -> None:
            then(conn)

        self._poller.register(conn.sock, event, ready)

    def receive(self, conn: Connection, piece: bytes) -> None:
        """Add what has arrived of its request."""
        conn.received += piece
        self.arriving_bytes += len(piece)

    def remove(self, conn: Connection) -> Stage | None:
        """What it waited for, and for nothing any more; what has arrived of a request is forgotten."""
        stage = self._stages.pop(conn, None)
        self.arriving_bytes -= len(conn.received)
        conn.received.clear()
        if stage not in {None, Stage.QUEUED}:
            with suppress(KeyError, ValueError, OSError):
                self._poller.unregister(conn.sock)
        return stage

    def oldest(self, stage: Stage) -> Connection | None:
        """The one that has waited longest for this."""
        return next((conn for conn, found in self._stages.items() if found is stage), None)

    def hurry(self, stage: Stage, patience_s: float) -> None:
        """Give all of this stage so much time at most."""
        latest = self._now() + patience_s
        for conn, found in self._stages.items():
            if found is stage:
                conn.due = min(conn.due, latest)

    def late(self) -> list[tuple[Connection, Stage]]:
        """Those whose time is over."""
        now = self._now()
        return [(conn, stage) for conn, stage in self._stages.items() if now >= conn.due]


def open_files_limit() -> int:
    """How many files and connections this process may open; raised to what the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
    return 1_048_576 if soft == resource.RLIM_INFINITY else max(soft, 2 * OWN_DESCRIPTORS)
