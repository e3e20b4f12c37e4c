"""ESC Validator: checks European Student Cards. `create_app` is the table of contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from validator.settings import Settings

__all__ = ["create_app"]


def create_app(settings: Settings) -> Flask:
    """Build the application; its tables are made or brought up to date on the way."""
    from validator import accounts, api, demo, errors, health, housekeeping, logging, web  # noqa: PLC0415 - the values in this
    from validator.build import build  # noqa: PLC0415 - package stay importable without the whole application
    from validator.security import access, bodies, headers, same_origin  # noqa: PLC0415

    logging.configure()
    app = Flask(__name__)
    build(app, settings)
    for room in (bodies, headers, same_origin, access, accounts, errors, health, housekeeping, api, web):
        room.init_app(app)
    if settings.demo:
        demo.init_app(app)
    return app
