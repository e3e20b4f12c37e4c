"""What the views work with, built once at start and found by `services()`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from offline_cache import Background, OfflineCache
    from scanner.pool import DecodePool
    from validator.audit.log import AuditLog
    from validator.checking.checker import Checker
    from validator.database import Database
    from validator.offline.deferred import DeferredChecks
    from validator.offline.pack import OfflinePack
    from validator.privacy.card_data import CardData
    from validator.privacy.retention import Retention
    from validator.rate_limiting.store import DegradingStore
    from validator.router.client import RouterClient
    from validator.settings import Settings

EXTENSION = "validator"


@dataclass(frozen=True, slots=True)
class Services:
    """One of each; `clock` gives the time in UTC, `background` does what nobody waits for.

    Closing the answers ends the background work; the database is closed after them.
    """

    settings: Settings
    checker: Checker
    reader: DecodePool
    router: RouterClient
    answers: OfflineCache
    database: Database
    sign_in_store: DegradingStore
    pack: OfflinePack
    deferred: DeferredChecks
    audit_log: AuditLog
    card_data: CardData
    retention: Retention
    background: Background
    clock: Callable[[], datetime]

    def router_time(self) -> datetime:
        """The time by the Router's clock where it is known, else by ours: for what others' clocks decide."""
        return self.router.clock_offset().corrected(self.clock())


def services() -> Services:
    """The services of the application that handles this request."""
    return cast("Services", current_app.extensions[EXTENSION])
