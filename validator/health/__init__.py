"""How the parts of the server fare, for whoever watches it: nothing here ever asks the Router.

condition   what is known of each part (frozen)     disk    whether the data folder takes files
looking     finds it out                            parts   each part in words (pure), from `words`
views       /livez and /readyz
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.health.looking import EXTENSION, Looking
from validator.health.views import health
from validator.services import EXTENSION as SERVICES

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Mount both addresses."""
    app.extensions[EXTENSION] = Looking(app.extensions[SERVICES])
    app.register_blueprint(health)
