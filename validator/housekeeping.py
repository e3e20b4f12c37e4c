"""Everything has an end date: once an hour, remembered answers, checks and keys past theirs are deleted."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from validator.services import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from validator.services import Services

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


def clean(kept: Services) -> None:
    """Delete in the background whatever is past its end; failures are only logged."""
    kept.answers.purge_soon()
    kept.background.submit("record", kept.retention.purge)
    kept.background.submit("pack", kept.pack.purge)
    kept.background.submit("limits", kept.checker.limits.purge)


def init_app(app: Flask) -> None:
    """Look after each request."""
    kept = app.extensions[EXTENSION]
    housekeeping = Housekeeping(partial(clean, kept), lambda: kept.clock().timestamp())

    @app.teardown_request
    def _look(_error: BaseException | None) -> None:
        housekeeping.look()
