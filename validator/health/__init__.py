"""The health of the server, for monitors and managers. Nothing here sends a request to the Router.

status: the state of each part (frozen). probe: determines it. parts: each in words. views: /livez, /readyz.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.health.probe import EXTENSION, HealthProbe
from validator.health.views import health
from validator.services import EXTENSION as SERVICES

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Mount both addresses."""
    app.extensions[EXTENSION] = HealthProbe(app.extensions[SERVICES])
    app.register_blueprint(health)
