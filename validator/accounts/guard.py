"""Guards sign-ins against guessing: each try is counted before it is looked at, and forgotten if right.

The tallies are rows, so that all workers count together; they are found by keyed hashes and hold no name and
no address. A name that nobody has is counted like any other.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from validator.accounts.models import TallyRow
from validator.accounts.waiting import (
    FORGOTTEN_AFTER,
    Tally,
    account_wait_s,
    is_excused,
    kept,
    network_level,
    network_wait_s,
)
from validator.keys import base64url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from validator.database import Database

# Rows after a clean-up: more can only be somebody's flood of invented names.
MOST_ROWS = 20_000
# A flood must not wait for the hourly clean-up.
PURGE_EVERY = 5_000
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Wait:
    """The try is not looked at; worth another one after so many seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Turn:
    """The try is looked at, and counted as a failure under these keys until it is taken back."""

    account: str
    here: str | None = None
    network: str | None = None
    is_known: bool = False

    @property
    def keys(self) -> list[str]:
        """Those that there are."""
        return [key for key in (self.account, self.here, self.network) if key]


class Guard:
    """Counts the tries of this site; `key` keys the hashes."""

    def __init__(self, database: Database, key: bytes, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._key = key
        self._clock = clock
        self._counted = itertools.count(1)

    def admit(self, about: str, network: str | None, mark: str | None) -> Turn | Wait:
        """Whether a try is looked at now. `about` says what is guessed at, `network` from where.

        A browser that bears the `mark` of an earlier sign-in is counted by itself; only where it failed too
        often does it wait with the strangers.
        """
        if next(self._counted) % PURGE_EVERY == 0:
            self.purge()
        if mark is not None:
            turn = self._count(Turn(self._hash("known", about, mark), is_known=True))
            if isinstance(turn, Turn):
                return turn
        here = self._hash("here", about, network) if network else None
        return self._count(
            Turn(self._hash("about", about), here, self._hash("network", network) if network else None)
        )

    def right(self, turn: Turn) -> None:
        """The try was right: nothing of this account's failures counts any more."""
        self._lower(turn.network)
        gone = [key for key in (turn.account, turn.here) if key]
        with self._database.session() as session:
            session.execute(delete(TallyRow).where(TallyRow.key.in_(gone)))

    def not_looked_at(self, turn: Turn) -> None:
        """The try was neither right nor wrong: it does not count."""
        for key in turn.keys:
            self._lower(key)
        empty = TallyRow.key.in_(turn.keys), TallyRow.failures <= 0
        with self._database.session() as session:
            session.execute(delete(TallyRow).where(*empty))

    def purge(self) -> None:
        """Forget what no longer counts, and the least where there is too much."""
        with self._database.session() as session:
            session.execute(delete(TallyRow).where(TallyRow.last_at <= self._clock() - FORGOTTEN_AFTER))
            many = session.scalar(select(func.count()).select_from(TallyRow)) or 0
            if many > MOST_ROWS:
                least = select(TallyRow.key).order_by(TallyRow.failures, TallyRow.last_at)
                session.execute(delete(TallyRow).where(TallyRow.key.in_(least.limit(many - MOST_ROWS))))

    def _count(self, turn: Turn) -> Turn | Wait:
        for _ in range(_TRIES - 1):
            try:
                return self._count_once(turn)
            except IntegrityError:
                # Another worker made the same row between our look and our writing.
                continue
        return self._count_once(turn)

    def _count_once(self, turn: Turn) -> Turn | Wait:
        now = self._clock()
        with self._database.session() as session:
            # Writing first takes the lock, so that no two tries see the same tally.
            is_it = TallyRow.key == turn.account
            session.execute(update(TallyRow).where(is_it).values(failures=TallyRow.failures))
            rows = _tallies(session, turn.keys)
            account, here, network = (rows.get(key or "") for key in (turn.account, turn.here, turn.network))
            seconds = account_wait_s(account, here, now)
            if network_wait_s(network, now) > 0:
                if not is_excused(here, now):
                    return Wait(math.ceil(max(seconds, network_wait_s(network, now))))
                # Not the network's: a right password gives back nothing that it did not take.
                turn = replace(turn, network=None)
            if seconds > 0:
                return Wait(math.ceil(seconds))
            _write(session, turn.account, kept(account, now).failures + 1, now)
            if turn.here:
                _write(session, turn.here, kept(here, now).failures + 1, now)
            if turn.network:
                _write(session, turn.network, network_level(network, now) + 1, now)
        return turn

    def _lower(self, key: str | None) -> None:
        one_less = update(TallyRow).where(TallyRow.key == key, TallyRow.failures >= 1)
        with self._database.session() as session:
            session.execute(one_less.values(failures=TallyRow.failures - 1))

    def _hash(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return base64url(hmac.digest(self._key, text, hashlib.sha256)[:16])


def _tallies(session: Session, keys: Iterable[str]) -> dict[str, Tally]:
    rows = session.execute(
        select(TallyRow.key, TallyRow.failures, TallyRow.last_at).where(TallyRow.key.in_(list(keys)))
    )
    return {key: Tally(failures, last_at) for key, failures, last_at in rows}


def _write(session: Session, key: str, failures: float, now: datetime) -> None:
    session.merge(TallyRow(key=key, failures=failures, last_at=now))
    session.flush()
