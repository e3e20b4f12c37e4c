"""Everything has an end date: hourly, answers that can serve no more are deleted, bytes and all."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from validator.services import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

EVERY_S = 3600.0


class Housekeeping:
    """Calls `clean` when it is due; asked after each request, since those show that somebody is there."""

    def __init__(self, clean: Callable[[], object], now: Callable[[], float]) -> None:
        self._clean = clean
        self._now = now
        self._lock = threading.Lock()
        self._due = 0.0

    def look(self) -> None:
        """Clean if it is due; `clean` must not let anybody wait."""
        with self._lock:
            if self._now() < self._due:
                return
            self._due = self._now() + EVERY_S
        self._clean()


def init_app(app: Flask) -> None:
    """Look after each request."""
    kept = app.extensions[EXTENSION]
    housekeeping = Housekeeping(kept.answers.purge_soon, lambda: kept.clock().timestamp())

    @app.teardown_request
    def _look(_error: BaseException | None) -> None:
        housekeeping.look()
