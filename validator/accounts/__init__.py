"""People and devices: sign-in, sessions, tokens, the pages of one's own account, and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.accounts import account_views, cli, setup, views
from validator.accounts.identity import Caller, CallerKind, current_caller
from validator.accounts.models import Role
from validator.accounts.people import ensure_demo_people
from validator.accounts.setup import lock_as_kiosk

if TYPE_CHECKING:
    from flask import Flask

__all__ = [
    "Caller",
    "CallerKind",
    "Role",
    "current_caller",
    "ensure_demo_people",
    "init_app",
    "lock_as_kiosk",
]


def init_app(app: Flask) -> None:
    """Register sign-in, the pages and the commands; the services must exist."""
    setup.init_app(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(account_views.blueprint)
    cli.init_app(app)
