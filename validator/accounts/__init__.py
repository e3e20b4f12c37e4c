"""People and devices: who they are, how they sign in, and the commands that look after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.accounts import cli, sign_in, upkeep, views
from validator.accounts.caller import Caller, CallerKind, current_caller
from validator.accounts.demo_people import ensure_demo_people
from validator.accounts.models import Role
from validator.accounts.sign_in import lock_as_kiosk

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
    """Sign-in, its pages and its commands; the services must be in place."""
    sign_in.init_app(app)
    app.register_blueprint(views.blueprint)
    upkeep.init_app(app)
    cli.init_app(app)
