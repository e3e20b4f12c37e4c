"""ESC Validator: checks European Student Cards. `create_app` is the table of contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from validator.settings import Settings

__all__ = ["create_app"]


def create_app(settings: Settings) -> Flask:
    """Build the application; its tables are made or brought up to date on the way."""
    # Imported here, so that the values in this package stay importable without the whole application.
    from validator import (  # noqa: PLC0415
        accounts,
        api,
        assets,
        demo,
        errors,
        health,
        housekeeping,
        i18n,
        logging,
        manage,
        privacy_commands,
        web,
    )
    from validator.build import build  # noqa: PLC0415
    from validator.http import access, bodies, headers, origin, proxy  # noqa: PLC0415

    logging.configure()
    app = Flask(__name__, static_folder=None)
    build(app, settings)
    for part in (logging, bodies, headers, proxy, origin, access, i18n, accounts, errors):
        part.init_app(app)
    for part in (health, housekeeping, assets, api, web, manage, privacy_commands):
        part.init_app(app)
    if settings.demo:
        demo.init_app(app)
    return app
