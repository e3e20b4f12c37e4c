"""A site for unit tests, with a scripted Router and clocks, and deferred checks to deliver."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from offline_cache import Lifetimes, MemoryTier, OfflineCache, SqliteStore
from scanner.pool import DecodePool
from tests.support.cache_doubles import ManualBackground
from tests.support.cards import ANNA
from validator.accounts.identity import Caller, CallerKind
from validator.checking.checker import Checker, NoLimits
from validator.checking.verifier import Verifier
from validator.database import Database
from validator.offline.deferred import DeferredCheck, DeferredChecks, DeferredResult
from validator.offline.deferred_records import DeferredRecords
from validator.offline.pack import OfflinePack
from validator.offline.pack_store import PackStore
from validator.offline.pack_writer import PackWriter
from validator.privacy.retention import RetentionSettings, privacy_services
from validator.router.answers import CardStatus, KnownCard, RouterAnswer
from validator.verdict import Reason

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from scanner.escn import Escn

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACTIVE = KnownCard(CardStatus.ACTIVE, date(2027, 9, 30), display_name="Anna Example")
WINDOWS = Lifetimes(fresh_s=60, stale_s=604_800, fresh_not_valid_s=30, stale_not_valid_s=86_400)
TILL = Caller(CallerKind.DEVICE, 1, "till")
OTHER_TILL = Caller(CallerKind.DEVICE, 2, "other till")


class InProcessSite:
    """A site with its Router, its clocks and its tills. Asking the Router takes `takes_s`.

    Rows of the pack are written when a test runs what is `later`.
    """

    def __init__(self, folder: Path) -> None:
        self.now = NOON
        self.seconds = 0.0
        self.takes_s = 0.0
        self.answer: RouterAnswer = ACTIVE
        self.asked: list[str] = []
        self.database = Database(f"sqlite:///{folder / 'validator.sqlite'}")
        self.database.upgrade()
        store = SqliteStore(folder / "answers.sqlite")
        self.answers = OfflineCache(MemoryTier(), store, WINDOWS, self.time)
        zone = ZoneInfo("Europe/Brussels")
        self.clock = lambda: self.now
        terms = RetentionSettings(("a secret",), timedelta(days=30), WINDOWS.longest_s)
        rows = PackStore(folder / "pack.sqlite", "a Router", WINDOWS.stale_s)
        self.background = ManualBackground()
        writer = PackWriter(rows, WINDOWS, self.time, lambda: self.seconds, self.background, lambda _s: None)
        self.pack = OfflinePack(rows, writer, b"a key", 1_000, WINDOWS.stale_s, self.clock)
        private = privacy_services(
            terms, self.database, self.answers, self.pack, self.clock, lambda: self.seconds
        )
        self.audit_log, self.recorder = private.audit_log, private.recorder
        self.answer_keys, self.record_keys = private.answer_keys, private.record_keys
        self.card_data, self.retention = private.card_data, private.retention
        keys = self.answer_keys.all
        verifier = Verifier(self, self.answers, WINDOWS, keys, zone, self.clock, writer.add)
        self.checker = Checker(verifier, NoLimits(), self.recorder, DecodePool(size=1))
        self.records = DeferredRecords(self.database)
        self.deferred = DeferredChecks(
            self.checker, self.records, self.record_keys, self.clock, lambda: self.seconds
        )

    def time(self) -> float:
        """The memory's clock."""
        return self.now.timestamp()

    def status(self, escn: Escn) -> RouterAnswer:
        """The Router's answer."""
        self.asked.append(escn.value)
        self.seconds += self.takes_s
        return self.answer

    def deliver(self, *checks: DeferredCheck, caller: Caller = TILL) -> list[DeferredResult]:
        """The results for the device."""
        return self.deferred.deliver(list(checks), caller)

    def close(self) -> None:
        """Close all files."""
        self.answers.close()
        self.pack.close()
        self.database.close()


def deferred(number: int = 1, **changes: Any) -> DeferredCheck:
    """Anna's card, checked at noon without a network and shown as valid."""
    given: dict[str, Any] = {"input": ANNA, "made_at": NOON, "shown": Reason.ACTIVE}
    return DeferredCheck(UUID(int=number), **given | changes)
