"""Tells the operator, once, that the Router does not let us ask, and once that it does again."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import structlog

from validator.router.answers import RouterFailure
from validator.router.reply import Elsewhere
from validator.verdict import Reason

if TYPE_CHECKING:
    from validator.router.config import Endpoint
    from validator.router.reply import Reading

log = structlog.get_logger(__name__)
HINT = "ask the Router's operators whether this server's address and token are known to them"


class RefusalAlarm:
    """Remembers for each endpoint whether it refuses us. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._refusing: dict[Endpoint, str] = {}

    def note(self, endpoint: Endpoint, reading: Reading) -> None:
        """Take note of what a whole reply of this endpoint meant; logs where that is a change."""
        said = _refusal(reading)
        with self._lock:
            before = self._refusing.pop(endpoint, None)
            if said is not None:
                self._refusing[endpoint] = said
        if said is not None and said != before:
            log.error("router_refuses_us", endpoint=endpoint, status=said, hint=HINT)
        elif said is None and before is not None:
            log.info("router_lets_us_ask_again", endpoint=endpoint)

    def refused(self) -> tuple[str, ...]:
        """The endpoints that refuse us, by name."""
        with self._lock:
            return tuple(sorted(self._refusing))


def _refusal(reading: Reading) -> str | None:
    failure = reading.failure if isinstance(reading, Elsewhere) else reading
    if isinstance(failure, RouterFailure) and failure.reason is Reason.ROUTER_REFUSED:
        return failure.detail
    return None
