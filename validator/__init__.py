"""ESC Validator: checks European Student Cards. `create_app` is the table of contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask import Flask

if TYPE_CHECKING:
    from validator.settings import Settings

__all__ = ["create_app"]


def create_app(settings: Settings) -> Flask:
    """Build the application; its tables are made or brought up to date on the way."""
    # Imported here, so that the values in this package stay importable without the whole application.
    from validator import (  # noqa: PLC0415
        api,
        assets,
        commands,
        demo,
        errors,
        housekeeping,
        i18n,
        logging,
        sign_in,
        web,
    )
    from validator.build import build  # noqa: PLC0415
    from validator.http import access, bodies, headers, origin, proxy  # noqa: PLC0415
    from validator.startup import log_start  # noqa: PLC0415

    logging.configure()
    if click.get_current_context(silent=True) is None:
        log_start(settings)
    app = Flask(__name__, static_folder=None)
    # No view or hook is a coroutine; Flask would look whether each one is, at each call.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]
    _configure(app, settings)
    build(app, settings)
    for part in (logging, bodies, headers, proxy, origin, access, i18n, sign_in, errors):
        part.init_app(app)
    for part in (housekeeping, assets, api, web, commands):
        part.init_app(app)
    if settings.demo:
        demo.init_app(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    """Set Flask's own configuration from ours."""
    app.config.update(
        SECRET_KEY=settings.secret_keys[0],
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        HSTS_SUBDOMAINS=settings.hsts_subdomains,
    )
    if settings.proxy_hops:
        from validator.http.proxy import behind_proxies  # noqa: PLC0415 - as above

        app.wsgi_app = behind_proxies(app.wsgi_app, settings.proxy_hops)  # type: ignore[method-assign, assignment]
