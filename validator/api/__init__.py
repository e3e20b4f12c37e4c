"""The JSON API; closed to everybody who is not signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.api import late, me, pack, views
from validator.api.blueprint import api

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["init_app", "late", "me", "pack", "views"]


def init_app(app: Flask) -> None:
    """Mount the API."""
    app.register_blueprint(api)
