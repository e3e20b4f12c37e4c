"""Everything has an end date: hourly, answers that can serve no more are deleted, bytes and all."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import structlog

from offline_cache import StoreError
from validator.services import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

log = structlog.get_logger(__name__)
EVERY_S = 3600.0


class Housekeeping:
    """Runs `clean` in a thread of its own when it is due; asked after each request, since those show life."""

    def __init__(self, clean: Callable[[], int], now: Callable[[], float]) -> None:
        self._clean = clean
        self._now = now
        self._lock = threading.Lock()
        self._due = 0.0

    def look(self) -> threading.Thread | None:
        """Begin cleaning if it is due; the thread that does it, or None."""
        with self._lock:
            if self._now() < self._due:
                return None
            self._due = self._now() + EVERY_S
        thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        try:
            log.info("purged", answers=self._clean())
        except StoreError:
            log.warning("purge_failed", next_try_s=EVERY_S)


def init_app(app: Flask) -> None:
    """Look after each request, when its answer has gone out."""
    kept = app.extensions[EXTENSION]
    housekeeping = Housekeeping(kept.answers.purge, lambda: kept.clock().timestamp())

    @app.teardown_request
    def _look(_error: BaseException | None) -> None:
        housekeeping.look()
