"""The connections that wait in the poller, for whatever their client does next, and until when."""

from __future__ import annotations

import selectors
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from validator.security.connection import Connection


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
