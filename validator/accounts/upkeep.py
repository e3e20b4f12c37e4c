"""Once an hour, sessions and steps that have ended and tallies that no longer count are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.accounts.sign_in import EXTENSION
from validator.housekeeping import Housekeeping
from validator.services import EXTENSION as SERVICES

if TYPE_CHECKING:
    from flask import Flask

    from validator.accounts.sign_in import Accounts


def purge(found: Accounts) -> None:
    """Delete what is past its end."""
    found.sessions.purge()
    found.guard.purge()
    found.pending.purge()


def init_app(app: Flask) -> None:
    """Look after each request, like everything else that has an end."""
    found: Accounts = app.extensions[EXTENSION]

    def clean() -> None:
        app.extensions[SERVICES].background.submit("accounts", lambda: purge(found))

    housekeeping = Housekeeping(clean, lambda: app.extensions[SERVICES].clock().timestamp())

    @app.teardown_request
    def _look(_error: BaseException | None) -> None:
        housekeeping.look()
