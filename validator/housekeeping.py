"""Retention: once an hour, data past its end is deleted in the background."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from validator.backup import delete_old_copies
from validator.services import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from validator.services import Services

EVERY_S = 3600.0


class Housekeeping:
    """Calls `clean` once an hour; `look` is called after each request."""

    def __init__(self, clean: Callable[[], object], now: Callable[[], float]) -> None:
        self._clean = clean
        self._now = now
        self._lock = threading.Lock()
        self._due = 0.0

    def look(self) -> None:
        """Clean if it is due; `clean` must return at once."""
        with self._lock:
            if self._now() < self._due:
                return
            self._due = self._now() + EVERY_S
        self._clean()


def clean(kept: Services) -> None:
    """Delete what is past its end, in the background; failures are logged."""
    kept.answers.purge_soon()
    kept.background.submit("record", kept.retention.purge)
    kept.background.submit("pack", kept.pack.purge)
    kept.background.submit("limits", kept.checker.limits.purge)
    kept.background.submit("accounts", kept.accounts.purge)
    kept.background.submit("sign-ins", kept.login_throttle.purge)
    database, now = kept.settings.database_file, kept.clock().timestamp()
    kept.background.submit("copies", lambda: delete_old_copies(database, now))


def init_app(app: Flask) -> None:
    """Look after each request."""

    def current() -> Services:
        """The services of now: a test may have replaced some."""
        found: Services = app.extensions[EXTENSION]
        return found

    housekeeping = Housekeeping(lambda: clean(current()), lambda: current().clock().timestamp())

    @app.teardown_request
    def _look(_error: BaseException | None) -> None:
        housekeeping.look()
