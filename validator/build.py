"""Builds the services from the settings, once, at start."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from werkzeug.middleware.proxy_fix import ProxyFix

from offline_cache import MemoryTier, OfflineCache, SqliteStore, Windows
from scanner.pool import DecodePool
from validator.database import Database
from validator.router.client import RouterClient, RouterConfig
from validator.services import EXTENSION, Services
from validator.verification import Verifier, site_key

if TYPE_CHECKING:
    from flask import Flask

    from validator.settings import Settings

log = structlog.get_logger(__name__)
MAX_DECODES = 2


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def build(app: Flask, settings: Settings) -> None:
    """Configure the application and put its services in place."""
    configure(app, settings)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.database_address)
    database.upgrade()
    answers = remembered_answers(settings)
    app.extensions[EXTENSION] = Services(
        settings=settings,
        verifier=verifier(settings, answers),
        reader=DecodePool(size=MAX_DECODES),
        answers=answers,
        database=database,
        clock=utc_now,
    )


def configure(app: Flask, settings: Settings) -> None:
    """Flask's own settings, from ours."""
    assert settings.secret_key is not None  # noqa: S101 - the settings' check makes one or refuses
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        SESSION_COOKIE_SECURE=settings.secure_cookies,
    )
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way


def windows(settings: Settings) -> Windows:
    """How long answers are fresh and may stand in."""
    return Windows(
        fresh_s=settings.fresh_s,
        stale_s=settings.stale_s,
        fresh_not_valid_s=settings.fresh_not_valid_s,
        stale_not_valid_s=settings.stale_not_valid_s,
        refresh_s=settings.refresh_s,
    )


def remembered_answers(settings: Settings) -> OfflineCache:
    """The memory of answers: this process first, then a file shared by all workers of the host."""
    store = SqliteStore(settings.data_dir / "answers.sqlite")
    return OfflineCache(MemoryTier(), store, windows(settings), time.time)


def verifier(settings: Settings, answers: OfflineCache) -> Verifier:
    """The verifier, with the Router as its proof."""
    assert settings.secret_key is not None  # noqa: S101 - the settings' check makes one or refuses
    token = settings.router_token
    config = RouterConfig(
        base_url=settings.router_url,
        endpoints=settings.router_endpoints,
        deadline_s=settings.router_deadline_s,
        token=token.get_secret_value() if token else None,
        permits=settings.router_permits,
        calls_per_s=settings.router_calls_per_s if settings.limits == "on" else 0.0,
        keep_display_name=settings.show_display_name,
    )
    return Verifier(
        proof=RouterClient(config, time.monotonic),
        answers=answers,
        windows=windows(settings),
        key=site_key(settings.secret_key.get_secret_value()),
        zone=settings.zone,
        clock=utc_now,
    )
