"""Keys for hashes of card numbers. They rotate and are deleted: then no stored hash leads to a card."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import String, delete, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from validator.database import Base
from validator.keys import card_hash

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scanner.escn import Escn
    from validator.database import Database

log = structlog.get_logger(__name__)
HALF_BYTES = 32
# After a failure of the database no check waits for a key for this long.
RETRY_PAUSE_S = 5.0


class CardKeyRow(Base):
    """The random half of a key. The other half is derived from the site's secret; both are needed."""

    __tablename__ = "card_keys"

    purpose: Mapped[str] = mapped_column(String(16), primary_key=True)
    period: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    half: Mapped[str] = mapped_column(String(64))

    def __repr__(self) -> str:
        return f"CardKeyRow({self.purpose!r}, {self.period})"


@dataclass(frozen=True, slots=True)
class KeySchedule:
    """How long a key is used, and how long data under it is kept after that (both in seconds).

    `origin` identifies the source of the data where it matters: another origin has other keys.
    """

    purpose: str
    period_s: int
    keep_s: int
    origin: str = ""

    def period(self, now: datetime) -> int:
        """The number of the current period."""
        return int(now.timestamp() // self.period_s)

    def oldest(self, now: datetime) -> int:
        """The oldest period whose data may still be kept."""
        return int((now.timestamp() - self.keep_s) // self.period_s)


@dataclass(slots=True)
class CardKeys:
    """The keys of one purpose, shared by all processes through the database. Thread-safe, safe to fork.

    `site_keys` are derived from the secret in use and from earlier ones. `current` and `all` never raise.
    """

    database: Database
    site_keys: tuple[bytes, ...]
    schedule: KeySchedule
    clock: Callable[[], datetime]
    _halves: dict[int, str] = field(default_factory=dict, repr=False)
    _made: dict[tuple[bytes, str], bytes] = field(default_factory=dict, repr=False)
    _failed_at: float = field(default=float("-inf"), repr=False)
    _temporary: str = field(default_factory=lambda: secrets.token_hex(HALF_BYTES), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def current(self) -> bytes:
        """The current key. If the database does not provide it: the previous or a temporary one."""
        period = self.schedule.period(self.clock())
        half = self._halves.get(period) or self._load_or_create(period)
        # Hashes under the temporary half are never found again: it exists in this process only.
        return self._combined(self.site_keys[0], half or self._halves.get(period - 1, self._temporary))

    def all(self) -> tuple[bytes, ...]:
        """The current key, then every other key under which data may still be kept, the newest first."""
        key, now = self.current(), self.clock()
        periods = range(self.schedule.period(now), self.schedule.oldest(now) - 1, -1)
        halves = [self._halves[period] for period in periods if period in self._halves]
        others = (self._combined(site_key, half) for half in halves for site_key in self.site_keys)
        return (key, *(other for other in others if other != key))

    def hash(self, escn: Escn) -> str:
        """The hash of this card under the current key."""
        return card_hash(self.current(), escn)

    def hashes(self, escn: Escn) -> set[str]:
        """All hashes of this card, as far as this process has loaded the keys."""
        return {card_hash(key, escn) for key in self.all()}

    def load(self) -> None:
        """Read all keys from the database; raises what the database raises."""
        with self.database.session() as session:
            rows = session.execute(
                select(CardKeyRow.period, CardKeyRow.half).where(CardKeyRow.purpose == self.schedule.purpose)
            )
            halves = {period: half for period, half in rows}  # noqa: C416 - a Row is no pair to dict()
        self._halves, self._made = halves, {}

    def delete_expired(self) -> int:
        """Delete the keys without any data under them; returns their number."""
        oldest = self.schedule.oldest(self.clock())
        newest = self.schedule.period(self.clock()) + 1
        expired = (CardKeyRow.period < oldest) | (CardKeyRow.period > newest)
        statement = delete(CardKeyRow).where(CardKeyRow.purpose == self.schedule.purpose, expired)
        with self.database.session() as session:
            deleted = session.scalars(statement.returning(CardKeyRow.period)).all()
        self.load()
        return len(deleted)

    def _load_or_create(self, period: int) -> str | None:
        """The half of this period; None where the database fails."""
        with self._lock:
            now = self.clock().timestamp()
            if period in self._halves or abs(now - self._failed_at) < RETRY_PAUSE_S:
                return self._halves.get(period)
            try:
                self.load()
                if period not in self._halves:
                    self._insert(period)
                    self.load()
            except SQLAlchemyError as error:
                self._failed_at = now
                kind = type(error).__name__
                log.warning("card_key_unavailable", purpose=self.schedule.purpose, kind=kind)
            return self._halves.get(period)

    def _insert(self, period: int) -> None:
        half = secrets.token_hex(HALF_BYTES)
        row = CardKeyRow(purpose=self.schedule.purpose, period=period, half=half)
        try:
            with self.database.session() as session:
                session.add(row)
        except IntegrityError:
            # Another process was faster: its half is used.
            return

    def _combined(self, site_key: bytes, half: str) -> bytes:
        made = self._made
        if (key := made.get((site_key, half))) is None:
            parts = (self.schedule.purpose, half, self.schedule.origin)
            text = " ".join(part for part in parts if part)
            key = made[site_key, half] = hmac.digest(site_key, text.encode(), hashlib.sha256)
        return key
