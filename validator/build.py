"""The composition root: builds the services from the settings, once, at start."""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta
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
from validator.accounts import build_accounts
from validator.accounts.sessions import SessionLifetimes
from validator.assets import installed
from validator.checking.checker import Checker, NoLimits
from validator.checking.verifier import Verifier
from validator.database import Database
from validator.health.probe import LOCK_MS, HealthProbe
from validator.keys import Purpose, derive
from validator.offline.deferred import DeferredChecks
from validator.offline.deferred_records import DeferredRecords
from validator.offline.pack import OfflinePack
from validator.offline.pack_store import PackStore
from validator.offline.pack_writer import PackWriter
from validator.privacy.retention import RetentionSettings, privacy_services
from validator.rate_limiting.guess_limiter import GuessLimiter
from validator.rate_limiting.login_throttle import LoginThrottle
from validator.rate_limiting.store import WAIT_S, open_store
from validator.rate_limiting.thresholds import Thresholds
from validator.router.client import RouterClient
from validator.router.route import describe_route
from validator.services import EXTENSION, Services, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flask import Flask

    from validator.accounts import Accounts
    from validator.checking.checker import Limits
    from validator.privacy.card_keys import CardKeys
    from validator.rate_limiting.guess_limiter import Alerts
    from validator.rate_limiting.store import DegradingStore
    from validator.settings import Settings

log = structlog.get_logger(__name__)
MAX_DECODES = 2
# How long a sign-in waits for the counts: longer than a check, because an attempt must be counted.
SIGN_IN_WAIT_S = 1.0


def build(app: Flask, settings: Settings) -> None:
    """Put the services of the application in place."""
    clock = replaceable_clock(app)
    data_folder.prepare(settings.data_dir, settings.database_file)
    database = Database(settings.database_address)
    database.upgrade()
    background = DaemonPool()
    answers = remembered_answers(settings, background)
    pack = offline_pack(settings)
    if click.get_current_context(silent=True) is None:
        # A command may run with other settings than the server: it must not empty the server's stores.
        claim(answers, pack, settings.router_config.identity)
    private = privacy_services(retention_settings(settings), database, answers, pack, utc_now, time.monotonic)
    router = router_client(settings)
    asking = verifier(settings, router, answers, private.answer_keys, pack)
    reader = DecodePool(size=MAX_DECODES)
    checker = Checker(asking, limiter(settings, private.recorder), private.recorder, reader)
    router_name = hashlib.sha256(settings.router_config.identity.encode()).hexdigest()[:16]
    sign_in_store = rate_limit_store(settings, SIGN_IN_WAIT_S)
    failures_key = derive(settings.secret_keys[0], Purpose.SIGN_IN_FAILURES)
    app.extensions[EXTENSION] = Services(
        settings=settings,
        checker=checker,
        reader=reader,
        router=router,
        answers=answers,
        database=database,
        accounts=accounts(app, settings, database, background),
        login_throttle=LoginThrottle(sign_in_store, failures_key, clock),
        sign_in_store=sign_in_store,
        pack=pack,
        deferred=DeferredChecks(
            checker, DeferredRecords(database), private.record_keys, utc_now, time.monotonic, router_name
        ),
        audit_log=private.audit_log,
        card_data=private.card_data,
        retention=private.retention,
        background=background,
        assets=installed(demo=settings.demo),
        health=HealthProbe(lambda: app.extensions[EXTENSION], database.hurried(LOCK_MS)),
        clock=utc_now,
    )


def replaceable_clock(app: Flask) -> Callable[[], datetime]:
    """The clock of the services, also after a test replaced it."""

    def clock() -> datetime:
        now: datetime = app.extensions[EXTENSION].clock()
        return now

    return clock


def accounts(app: Flask, settings: Settings, database: Database, background: Background) -> Accounts:
    """The people and devices of this site."""
    lifetimes = SessionLifetimes(
        timedelta(seconds=settings.session_s), timedelta(seconds=settings.session_idle_s)
    )

    def true_time() -> datetime:
        now: datetime = app.extensions[EXTENSION].router_time()
        return now

    return build_accounts(
        database,
        settings.secret_keys,
        lifetimes,
        clock=replaceable_clock(app),
        true_time=true_time,
        submit=background.submit,
    )


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
    return RetentionSettings(
        secrets=settings.secret_keys,
        records=timedelta(days=settings.retention_days),
        answers_s=lifetimes(settings).longest_s,
        router=settings.router_config.identity,
    )


def claim(answers: OfflineCache, pack: OfflinePack, router: str) -> None:
    """Drop the answers of another Router. If that fails, they are not found either: their keys differ."""
    try:
        dropped = answers.claim(router)
        if dropped is not None:
            why = "they are not from this ESCV_ROUTER_URL"
            log.warning("remembered_answers_dropped", count=dropped, why=why)
        pack.claim()
    except StoreError as error:
        log.warning("remembered_answers_not_claimed", why=str(error))


def router_client(settings: Settings) -> RouterClient:
    """The Router client; a server logs its route."""
    config = settings.router_config
    if click.get_current_context(silent=True) is None:
        log.info("router_route", **describe_route(config))
    return RouterClient(config)


def verifier(
    settings: Settings, router: RouterClient, answers: OfflineCache, keys: CardKeys, pack: OfflinePack
) -> Verifier:
    """The verifier over memory and Router."""
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
    """The offline pack for devices."""
    rules = lifetimes(settings)
    # A row is sealed with its end: other lifetimes or another Router need another pack.
    kept = f"{rules.stale_s} {rules.stale_not_valid_s} {settings.timezone} {settings.pack_age_s}"
    origin = f"{settings.router_config.identity} {kept}"
    store = PackStore(settings.data_dir / "pack.sqlite", origin, settings.pack_age_s)
    return OfflinePack(
        store=store,
        writer=PackWriter(store, rules, time.time, time.monotonic) if settings.pack_cards else None,
        key=derive(settings.secret_keys[0], Purpose.PACK_CURSORS),
        max_cards=settings.pack_cards,
        max_age_s=settings.pack_age_s,
        clock=utc_now,
    )
