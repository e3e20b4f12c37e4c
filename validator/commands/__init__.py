"""The commands of `flask --app wsgi`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.commands import accounts, backup, doctor, privacy

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Register all commands."""
    accounts.init_app(app)
    backup.init_app(app)
    doctor.init_app(app)
    privacy.init_app(app)
