"""Builds the services from the settings, once, at start."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
import structlog

from offline_cache import (
    Background,
    DaemonPool,
    Lifetimes,
    MemoryTier,
    OfflineCache,
    SqliteStore,
    StoreError,
)
from scanner.pool import DecodePool
from validator import data_folder
from validator.checking.checker import Checker, NoLimits
from validator.checking.verifier import Verifier
from validator.database import Database
from validator.http.proxy import behind_proxies
from validator.keys import Purpose, derive
from validator.offline.deferred import DeferredChecks
from validator.offline.deferred_records import DeferredRecords
from validator.offline.pack import OfflinePack
from validator.offline.pack_store import PackStore
from validator.offline.pack_writer import PackWriter
from validator.privacy.retention import RetentionSettings, privacy_services
from validator.rate_limiting.guess_limiter import GuessLimiter
from validator.rate_limiting.store import WAIT_S, open_store
from validator.rate_limiting.thresholds import Thresholds
from validator.router.client import RouterClient, RouterConfig
from validator.router.route import describe_route
from validator.services import EXTENSION, Services

if TYPE_CHECKING:
    from flask import Flask

    from validator.checking.checker import Limits
    from validator.privacy.card_keys import CardKeys
    from validator.rate_limiting.guess_limiter import Alerts
    from validator.rate_limiting.store import DegradingStore
    from validator.settings import Settings

log = structlog.get_logger(__name__)
MAX_DECODES = 2
SIGN_IN_WAIT_S = 1.0
"""How long a sign-in waits for the counts: longer than a check, since an attempt must not go uncounted."""


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
    pack = offline_pack(settings)
    if click.get_current_context(silent=True) is None:
        # A command may run with other settings than the server: it must not empty what the server keeps.
        claim(answers, pack, router_config(settings).identity)
    private = privacy_services(retention_settings(settings), database, answers, pack, utc_now, time.monotonic)
    router = router_client(settings)
    asking = verifier(settings, router, answers, private.answer_keys, pack)
    reader = DecodePool(size=MAX_DECODES)
    checker = Checker(asking, limiter(settings, private.recorder), private.recorder, reader)
    app.extensions[EXTENSION] = Services(
        settings=settings,
        checker=checker,
        reader=reader,
        router=router,
        answers=answers,
        database=database,
        sign_in_store=rate_limit_store(settings, SIGN_IN_WAIT_S),
        pack=pack,
        deferred=DeferredChecks(
            checker, DeferredRecords(database), private.record_keys, utc_now, time.monotonic, short(settings)
        ),
        audit_log=private.audit_log,
        card_data=private.card_data,
        retention=private.retention,
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
        HSTS_SUBDOMAINS=settings.hsts_subdomains,
    )
    if settings.proxy_hops:
        app.wsgi_app = behind_proxies(app.wsgi_app, settings.proxy_hops)  # type: ignore[method-assign, assignment]


def limiter(settings: Settings, alerts: Alerts) -> Limits:
    """What slows callers who guess numbers."""
    if settings.limits == "off":
        return NoLimits()
    key = derive(settings.secret_keys[0], Purpose.FINGERPRINTS)
    return GuessLimiter(rate_limit_store(settings), Thresholds(), key, time.time, alerts)


def rate_limit_store(settings: Settings, wait_s: float = WAIT_S) -> DegradingStore:
    """The counts of all processes; each connection waits at most `wait_s`."""
    address = settings.redis_url.get_secret_value() if settings.redis_url else None
    return open_store(settings.secret_keys[0], settings.data_dir, address, wait_s)


def lifetimes(settings: Settings) -> Lifetimes:
    """How long answers are fresh, and how long they may be served stale."""
    return Lifetimes(
        fresh_s=settings.fresh_s,
        stale_s=settings.stale_s,
        fresh_not_valid_s=settings.fresh_not_valid_s,
        stale_not_valid_s=settings.stale_not_valid_s,
        refresh_s=settings.refresh_s,
    )


def remembered_answers(settings: Settings, background: Background) -> OfflineCache:
    """The memory of answers: this process first, then a file shared by all workers of the host."""
    store = SqliteStore(settings.data_dir / "answers.sqlite")
    return OfflineCache(MemoryTier(), store, lifetimes(settings), time.time, background)


def retention_settings(settings: Settings) -> RetentionSettings:
    """How long data about cards is kept, and under which secrets."""
    assert settings.secret_key is not None  # noqa: S101 - the settings' check makes one or refuses
    return RetentionSettings(
        secrets=settings.secret_keys,
        records=timedelta(days=settings.retention_days),
        answers_s=lifetimes(settings).longest_s,
        router=router_config(settings).identity,
    )


def short(settings: Settings) -> str:
    """A short name of the Router that is asked."""
    return hashlib.sha256(router_config(settings).identity.encode()).hexdigest()[:16]


def claim(answers: OfflineCache, pack: OfflinePack, router: str) -> None:
    """Drop what another Router said; where that fails nothing of it is found all the same: keys differ."""
    try:
        dropped = answers.claim(router)
        if dropped is not None:
            why = "they are not from this ESCV_ROUTER_URL"
            log.warning("remembered_answers_dropped", count=dropped, why=why)
        pack.claim()
    except StoreError as error:
        log.warning("remembered_answers_not_claimed", why=str(error))


def router_client(settings: Settings) -> RouterClient:
    """The way to the Router, told in the log of a server."""
    config = router_config(settings)
    if click.get_current_context(silent=True) is None:
        log.info("router_route", **describe_route(config))
    return RouterClient(config)


def router_config(settings: Settings) -> RouterConfig:
    """How the Router is asked; the ceiling on our own calls is shared among the processes of this host."""
    token = settings.router_token
    calls_per_s = settings.router_calls_per_s if settings.limits == "on" else 0.0
    return RouterConfig(
        base_url=settings.router_url,
        endpoints=settings.router_endpoints,
        deadline_s=settings.router_deadline_s,
        token=token.get_secret_value() if token else None,
        permits=settings.router_permits,
        calls_per_s=calls_per_s / settings.processes,
        keep_display_name=settings.show_display_name,
        # The demo's cards misbehave one by one, its Router does not.
        has_breaker=not settings.demo,
        proxy=settings.router_proxy,
        ca_file=settings.router_ca_file,
    )


def verifier(
    settings: Settings, router: RouterClient, answers: OfflineCache, keys: CardKeys, pack: OfflinePack
) -> Verifier:
    """The verifier, with the Router as its proof."""
    return Verifier(
        proof=router,
        answers=answers,
        lifetimes=lifetimes(settings),
        keys=keys.all,
        zone=settings.zone,
        clock=utc_now,
        on_answer=pack.writer.add if pack.writer else None,
        clock_offset=router.clock_offset,
    )


def offline_pack(settings: Settings) -> OfflinePack:
    """What devices get for the time without a network."""
    assert settings.secret_key is not None  # noqa: S101 - the settings' check makes one or refuses
    rules = lifetimes(settings)
    # A row is sealed with its end: under other rules, or from another Router, it is another pack's.
    kept = f"{rules.stale_s} {rules.stale_not_valid_s} {settings.timezone} {settings.pack_age_s}"
    origin = f"{router_config(settings).identity} {kept}"
    store = PackStore(settings.data_dir / "pack.sqlite", origin, settings.pack_age_s)
    return OfflinePack(
        store=store,
        writer=PackWriter(store, rules, time.time, time.monotonic) if settings.pack_cards else None,
        key=derive(settings.secret_key.get_secret_value(), Purpose.PACK_CURSORS),
        max_cards=settings.pack_cards,
        max_age_s=settings.pack_age_s,
        clock=utc_now,
    )
