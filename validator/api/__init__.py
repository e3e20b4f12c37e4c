"""The JSON API; closed to callers who are not signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.api.views import api, health

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Mount the API, and the addresses for monitors."""
    app.register_blueprint(api)
    app.register_blueprint(health)
