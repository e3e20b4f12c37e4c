"""Keys for card numbers that change by themselves and are forgotten: then what is left names no card."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from validator.keys import card_hash
from validator.privacy.models import CardKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scanner.escn import Escn
    from validator.database import Database

log = structlog.get_logger(__name__)
HALF_BYTES = 32
# Where the database will not give a key, nobody waits for it again for this long.
PAUSE_S = 5.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long one key is used, and how long after that what it stands for is kept (both in seconds).

    `origin` names who gives what is kept under the keys, where that matters: for another one they are others.
    """

    purpose: str
    period_s: int
    keep_s: int
    origin: str = ""

    def period(self, now: datetime) -> int:
        """The number of the period that this instant is in."""
        return int(now.timestamp() // self.period_s)

    def oldest(self, now: datetime) -> int:
        """The oldest period of which something may still be kept."""
        return int((now.timestamp() - self.keep_s) // self.period_s)


@dataclass(slots=True)
class CardKeys:
    """The keys of one purpose, shared by all processes through the database. Thread-safe, safe to fork.

    `site` are the site's halves, of the secret in use and of older ones. `key` and `in_order` never raise.
    """

    database: Database
    site: tuple[bytes, ...]
    plan: Plan
    clock: Callable[[], datetime]
    _halves: dict[int, str] = field(default_factory=dict, repr=False)
    _failed_at: float = field(default=float("-inf"), repr=False)
    _borrowed: str = field(default_factory=lambda: secrets.token_hex(HALF_BYTES), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def key(self) -> bytes:
        """The key of now; the one before or a borrowed one where the database gives none."""
        period = self.plan.period(self.clock())
        half = self._halves.get(period) or self._made(period)
        # Nobody finds again what stands under a borrowed half: it lives as long as this process.
        return self._whole(self.site[0], half or self._halves.get(period - 1, self._borrowed))

    def in_order(self) -> tuple[bytes, ...]:
        """The key of now, then every other one under which something may still be kept, the newest first."""
        key, now = self.key(), self.clock()
        periods = range(self.plan.period(now), self.plan.oldest(now) - 1, -1)
        halves = [self._halves[period] for period in periods if period in self._halves]
        others = (self._whole(site, half) for half in halves for site in self.site)
        return (key, *(other for other in others if other != key))

    def hashes(self, escn: Escn) -> set[str]:
        """All that may stand for this card, as far as this process knows."""
        return {card_hash(key, escn) for key in self.in_order()}

    def load(self) -> None:
        """Read all halves anew; raises what the database raises."""
        with self.database.session() as session:
            rows = session.execute(
                select(CardKey.period, CardKey.half).where(CardKey.purpose == self.plan.purpose)
            )
            halves = {period: half for period, half in rows}  # noqa: C416 - a Row is no pair to dict()
        self._halves = halves

    def forget_old(self) -> int:
        """Delete the keys under which nothing is kept any more; tell how many."""
        oldest = self.plan.oldest(self.clock())
        newest = self.plan.period(self.clock()) + 1
        old = (CardKey.period < oldest) | (CardKey.period > newest)
        with self.database.session() as session:
            gone = session.scalars(
                delete(CardKey).where(CardKey.purpose == self.plan.purpose, old).returning(CardKey.period)
            ).all()
        self.load()
        return len(gone)

    def _made(self, period: int) -> str | None:
        """The half of this period, read or made; None where the database will not."""
        with self._lock:
            now = self.clock().timestamp()
            if period in self._halves or abs(now - self._failed_at) < PAUSE_S:
                return self._halves.get(period)
            try:
                self.load()
                if period not in self._halves:
                    self._insert(period)
                    self.load()
            except SQLAlchemyError as error:
                self._failed_at = now
                log.warning("card_key_unavailable", purpose=self.plan.purpose, kind=type(error).__name__)
            return self._halves.get(period)

    def _insert(self, period: int) -> None:
        row = CardKey(purpose=self.plan.purpose, period=period, half=secrets.token_hex(HALF_BYTES))
        try:
            with self.database.session() as session:
                session.add(row)
        except IntegrityError:
            # Another process was faster: its half is the one.
            return

    def _whole(self, site: bytes, half: str) -> bytes:
        parts = (self.plan.purpose, half, self.plan.origin)
        return hmac.digest(site, " ".join(part for part in parts if part).encode(), hashlib.sha256)
