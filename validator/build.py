"""Builds the services from the settings, once, at start."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from werkzeug.middleware.proxy_fix import ProxyFix

from offline_cache import Background, DaemonPool, MemoryTier, OfflineCache, SqliteStore, Windows
from scanner.pool import DecodePool
from validator import data_folder
from validator.checks.checker import Checker, NoLimits
from validator.database import Database
from validator.late.delivery import Delivery
from validator.late.records import Records
from validator.limits.parts import limits
from validator.pack.keys import card_hash, pack_key
from validator.pack.pack import OfflinePack
from validator.pack.rows import Rules
from validator.privacy.parts import Terms, privacy
from validator.router.client import RouterClient, RouterConfig
from validator.services import EXTENSION, Services
from validator.verification import Verifier

if TYPE_CHECKING:
    from flask import Flask

    from validator.checks.checker import Limits
    from validator.limits.limiter import Alerts
    from validator.privacy.keys import CardKeys
    from validator.settings import Settings

log = structlog.get_logger(__name__)
MAX_DECODES = 2


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def build(app: Flask, settings: Settings) -> None:
    """Configure the application and put its services in place."""
    configure(app, settings)
    data_folder.prepare(settings.data_dir, settings.database_file)
    database = Database(settings.database_address)
    database.upgrade()
    background = DaemonPool()
    answers = remembered_answers(settings, background)
    private = privacy(terms(settings), database, answers, utc_now, time.monotonic)
    router = router_client(settings)
    asking = verifier(settings, router, answers, private.answer_keys)
    checker = Checker(asking, limiter(settings, private.record), private.record)
    app.extensions[EXTENSION] = Services(
        settings=settings,
        checker=checker,
        reader=DecodePool(size=MAX_DECODES),
        router=router,
        answers=answers,
        database=database,
        pack=offline_pack(settings, answers),
        late=Delivery(checker, Records(database), private.record_keys, utc_now, time.monotonic),
        privacy=private,
        background=background,
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


def limiter(settings: Settings, alerts: Alerts) -> Limits:
    """What holds back who guesses numbers."""
    if settings.limits == "off":
        return NoLimits()
    assert settings.secret_key is not None  # noqa: S101 - the settings' check makes one or refuses
    address = settings.redis_url.get_secret_value() if settings.redis_url else None
    return limits(settings.secret_key.get_secret_value(), settings.data_dir, address, alerts)


def windows(settings: Settings) -> Windows:
    """How long answers are fresh and may stand in."""
    return Windows(
        fresh_s=settings.fresh_s,
        stale_s=settings.stale_s,
        fresh_not_valid_s=settings.fresh_not_valid_s,
        stale_not_valid_s=settings.stale_not_valid_s,
        refresh_s=settings.refresh_s,
    )


def remembered_answers(settings: Settings, background: Background) -> OfflineCache:
    """The memory of answers: this process first, then a file shared by all workers of the host."""
    store = SqliteStore(settings.data_dir / "answers.sqlite")
    return OfflineCache(MemoryTier(), store, windows(settings), time.time, background)


def terms(settings: Settings) -> Terms:
    """How long what is kept about cards lives, and under which secrets."""
    assert settings.secret_key is not None  # noqa: S101 - the settings' check makes one or refuses
    return Terms(
        secrets=settings.secret_keys,
        retention=timedelta(days=settings.retention_days),
        answers_s=windows(settings).longest_s,
    )


def router_client(settings: Settings) -> RouterClient:
    """The way to the Router; the ceiling on our own calls is shared out among the processes of this host."""
    token = settings.router_token
    calls_per_s = settings.router_calls_per_s if settings.limits == "on" else 0.0
    return RouterClient(
        RouterConfig(
            base_url=settings.router_url,
            endpoints=settings.router_endpoints,
            deadline_s=settings.router_deadline_s,
            token=token.get_secret_value() if token else None,
            permits=settings.router_permits,
            calls_per_s=calls_per_s / settings.processes,
            keep_display_name=settings.show_display_name,
            # The demo's cards misbehave one by one, its Router does not.
            has_breaker=not settings.demo,
        )
    )


def verifier(settings: Settings, router: RouterClient, answers: OfflineCache, keys: CardKeys) -> Verifier:
    """The verifier, with the Router as its proof."""
    assert settings.secret_key is not None  # noqa: S101 - the settings' check makes one or refuses
    secret = settings.secret_key.get_secret_value()
    return Verifier(
        proof=router,
        answers=answers,
        windows=windows(settings),
        keys=keys.in_order,
        zone=settings.zone,
        clock=utc_now,
        alias=partial(card_hash, pack_key(secret)) if settings.pack_cards else None,
    )


def offline_pack(settings: Settings, answers: OfflineCache) -> OfflinePack:
    """What devices get for the time without a network."""
    assert settings.secret_key is not None  # noqa: S101 - the settings' check makes one or refuses
    return OfflinePack(
        changes=answers.changes,
        key=pack_key(settings.secret_key.get_secret_value()),
        max_cards=settings.pack_cards,
        rules=Rules(windows(settings), settings.zone, settings.pack_age_s),
        clock=utc_now,
    )
