"""The services of the application: built once at start, found by `services()`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from offline_cache import Background, OfflineCache
    from scanner.pool import DecodePool
    from validator.accounts import Accounts
    from validator.assets import Assets
    from validator.audit.log import AuditLog
    from validator.checking.checker import Checker
    from validator.database import Database
    from validator.health.probe import HealthProbe
    from validator.offline.deferred import DeferredChecks
    from validator.offline.pack import OfflinePack
    from validator.privacy.card_data import CardData
    from validator.privacy.retention import Retention
    from validator.rate_limiting.login_throttle import LoginThrottle
    from validator.rate_limiting.store import DegradingStore
    from validator.router.client import RouterClient
    from validator.settings import Settings

EXTENSION = "validator"


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Services:
    """One of each. `clock` gives the time in UTC; `background` runs work that no request waits for.

    Close the answers before the database: that ends the background work.
    """

    settings: Settings
    checker: Checker
    reader: DecodePool
    router: RouterClient
    answers: OfflineCache
    database: Database
    accounts: Accounts
    login_throttle: LoginThrottle
    sign_in_store: DegradingStore
    pack: OfflinePack
    deferred: DeferredChecks
    audit_log: AuditLog
    card_data: CardData
    retention: Retention
    background: Background
    assets: Assets
    health: HealthProbe
    clock: Callable[[], datetime]

    def router_time(self) -> datetime:
        """The time by the Router's clock where it is known, else by ours."""
        return self.router.clock_offset().corrected(self.clock())


def services() -> Services:
    """The services of the application that handles this request."""
    return cast("Services", current_app.extensions[EXTENSION])
